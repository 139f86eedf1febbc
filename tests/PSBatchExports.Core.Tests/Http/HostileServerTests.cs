using System.Globalization;
using System.IO.Compression;
using System.Text;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Malicious or badly broken servers: their responses are bounded, and refused with an error that says what is wrong.
/// </summary>
public class HostileServerTests
{
    private const string Id = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";
    private const int MiB = 1024 * 1024;

    private static readonly ApiScope Project = ApiScope.Project("12345");

    [Fact]
    public async Task A_list_ends_after_five_pages_without_new_items()
    {
        var page = 0;
        using var server = new RawServer(head =>
        {
            var next = $"http://{HostOf(head)}/api/projects/12345/batch_exports/?offset={++page}";
            return [RawServer.Json($$"""{"count": 1, "next": "{{next}}", "results": [{"id": "{{Id}}"}]}""")];
        });
        using var client = Connect(server);
        var seen = new List<string?>();

        var failure = await ReadAsync(client.In(Project).Exports.ListAsync(), export => seen.Add(export.Id));

        Assert.Contains("does not end: 5 pages in a row brought nothing new", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Id], seen);
        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData("backfills", false, "5 pages in a row brought nothing new", 6)]
    [InlineData("runs", false, "5 pages in a row brought nothing new", 6)]
    [InlineData("backfills", true, "a link to the next page leads to one that was read before", 4)]
    [InlineData("runs", true, "a link to the next page leads to one that was read before", 4)]
    public async Task A_list_with_an_endless_or_repeating_cursor_ends(string list, bool comesBack, string how, int requests)
    {
        var page = 0;
        using var server = new RawServer(head =>
        {
            page++;
            var (cursor, id) = comesBack ? (page % 3, $"{page}") : (page, Id);
            var next = $"http://{HostOf(head)}/api/projects/12345/batch_exports/{Id}/{list}/?cursor={cursor}";
            return [RawServer.Json($$"""{"next": "{{next}}", "results": [{"id": "{{id}}"}]}""")];
        });
        using var client = Connect(server);

        var failure = list == "runs"
            ? await ReadAsync(client.In(Project).Runs.ListAsync(Id))
            : await ReadAsync(client.In(Project).Backfills.ListAsync(Id));

        Assert.Contains($"does not end: {how}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task A_log_whose_pages_do_not_go_back_in_time_ends()
    {
        var lines = string.Join(',', Enumerable.Range(0, 500).Select(line =>
            FormattableString.Invariant($$"""{"timestamp": "2026-10-08T12:00:{{59 - (line / 10)}}Z", "message": "{{line}}"}""")));
        using var server = new RawServer(_ => [RawServer.Json($$"""{"results": [{{lines}}]}""")]);
        using var client = Connect(server);

        var failure = await ReadAsync(client.In(Project).Logs.ReadAsync(LogSource.Export(Id)));

        Assert.Contains("The log does not end", failure.Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 2, 4);
    }

    [Fact]
    public async Task A_log_that_ignores_the_start_of_a_page_returns_each_line_once()
    {
        var start = new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);
        using var server = new RawServer(request => [RawServer.Json($$"""{"results": [{{string.Join(',', LinesBefore(request))}}]}""")]);
        using var client = Connect(server);

        var lines = await client.In(Project).Logs.ReadAsync(LogSource.Export(Id)).ToListAsync();

        Assert.Equal(Enumerable.Range(1, 1700).Reverse().Select(line => $"{line}"), lines.Select(line => line.Message));

        IEnumerable<string> LinesBefore(string request)
        {
            var parameter = Array.Find(request.Split('?', '&', ' '), part => part.StartsWith("before=", StringComparison.Ordinal));
            var before = parameter is null
                ? DateTimeOffset.MaxValue
                : DateTimeOffset.Parse(Uri.UnescapeDataString(parameter["before=".Length..]), CultureInfo.InvariantCulture);
            return Enumerable.Range(1, 1700)
                .Reverse()
                .Select(line => (Text: line, Time: start.AddSeconds(line)))
                .Where(line => line.Time < before)
                .Take(500)
                .Select(line => $$"""{"timestamp": "{{line.Time.UtcDateTime:o}}", "message": "{{line.Text}}"}""");
        }
    }

    [Theory]
    [InlineData("../../users/@me")]
    [InlineData("a/b?c")]
    [InlineData("")]
    public async Task A_listed_file_that_is_not_an_id_gets_no_request(string id)
    {
        var body = $$"""{"id": "{{Id}}", "status": "Completed", "files": ["{{Id}}", "{{id}}"]}""";
        using var server = new RawServer(_ => [RawServer.Json(body)]);
        using var client = Connect(server);

        var failure = await Assert.ThrowsAsync<UnexpectedResponseException>(() => client.In(Project).Files.ListAsync(Id).WithTimeout());

        Assert.Contains($"'{id}'", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_body_is_read_up_to_64_MiB()
    {
        var piece = Enumerable.Repeat((byte)' ', MiB).ToArray();
        var head = RawServer.Head("200 OK", "Content-Type: application/json\r\nContent-Length: 1073741824\r\n");
        using var server = new RawServer(_ => Enumerable.Repeat(piece, 1024).Prepend(head));

        var failure = await GetAsync(server);

        Assert.Contains("is longer than 64 MiB", failure.Message, StringComparison.Ordinal);
        Assert.InRange(server.Sent, 0, 96 * MiB);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_is_read_up_to_64_MiB_after_decompression(string encoding)
    {
        var headers = $"Content-Type: application/json\r\nContent-Encoding: {encoding}\r\n";
        using var server = new RawServer(_ => [RawServer.Answer(Compress(encoding, 80 * MiB), headers)]);

        var failure = await GetAsync(server);

        Assert.Contains("is longer than 64 MiB", failure.Message, StringComparison.Ordinal);
        Assert.InRange(server.Sent, 1, MiB);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_cannot_be_decompressed_is_reported_as_such(string encoding)
    {
        using var server = new RawServer(head =>
        [
            RawServer.Answer(
                Encoding.ASCII.GetBytes("""{"detail": "no"}"""),
                $"Content-Encoding: {encoding}\r\n",
                head.Contains("/missing/", StringComparison.Ordinal) ? "404 Not Found" : "200 OK"),
        ]);
        using var client = Connect(server);

        Assert.Contains("is not compressed in the way that it says", (await GetAsync(server)).Message, StringComparison.Ordinal);
        Assert.Null(Assert.IsType<UnexpectedResponseException>(await client.In(Project).Exports.GetAsync("missing").Failure()).Detail);
    }

    [Theory]
    [InlineData("[],")]
    [InlineData("{},")]
    [InlineData("0,")]
    [InlineData("{\"a\":[[]]},")]
    public async Task JSON_with_too_many_values_is_refused_before_it_is_deserialized(string value)
    {
        const string headers = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
        using var server = new RawServer(_ => [RawServer.Answer(Repeated(value, 63 * MiB), headers)]);
        using var client = Connect(server);

        var failure = Assert.IsType<UnexpectedResponseException>(await client.In(Project).Exports.GetAsync(Id).Failure());

        Assert.Contains("has more than 500,000 values", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void JSON_with_too_many_values_is_refused_without_allocating_memory()
    {
        var json = Encoding.ASCII.GetBytes($$"""{"id": "x", "filters": [{{string.Concat(Enumerable.Repeat("[],", 10 * MiB))}}0]}""");

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TooManyValuesException>(() => WireJson.Read(json.AsSpan(), WireContext.Default.BatchExport));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MiB);
    }

    [Fact]
    public async Task The_largest_page_of_the_service_is_read()
    {
        var run = $$"""{"id": "{{Id}}", {{string.Join(", ", Enumerable.Range(0, 20).Select(field => $"\"field_{field}\": null"))}}}""";
        var keys = string.Join(", ", Enumerable.Range(0, 30).Select(key => $"\"key_{key}\": \"a, b, [c]\""));
        var runs = string.Join(", ", Enumerable.Repeat(run, 10));
        var export = $$"""{"id": "{0}", "latest_runs": [{{runs}}], "destination": {"config": { {{keys}} } } }""";
        var exports = Enumerable.Range(0, 500).Select(number => export.Replace("{0}", $"{number}", StringComparison.Ordinal));
        var page = $$"""{"count": 500, "next": null, "results": [{{string.Join(", ", exports)}}]}""";
        using var server = new RawServer(_ => [RawServer.Json(page)]);
        using var client = Connect(server);

        Assert.Equal(500, (await client.In(Project).Exports.ListAsync().ToListAsync()).Count);
    }

    [Fact]
    public async Task Cancellation_does_not_wait_until_a_long_response_is_parsed()
    {
        var values = string.Join(',', Enumerable.Repeat("""{"a":{}}""", 160_000));
        var body = Encoding.ASCII.GetBytes($$"""{"id": "x", "values": [{{values}}], "text": "{{new string('x', 40 * MiB)}}"}""");
        using var server = new RawServer(_ => [RawServer.Answer(body, "Content-Type: application/json\r\n")]);
        using var client = Connect(server);
        for (var delay = 0; delay < 400; delay += 40)
        {
            using var stop = new CancellationTokenSource();
            var reading = client.In(Project).Exports.GetAsync(Id, stop.Token);
            await Task.WhenAny(reading, Task.Delay(delay));
            await stop.CancelAsync();

            var stopped = System.Diagnostics.Stopwatch.StartNew();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            Assert.InRange(stopped.ElapsedMilliseconds, 0, 900);
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"id\":")]
    [InlineData("{\"id\": \"x\", \"new\": [[[[[[[[[[")]
    public async Task JSON_with_endless_nesting_is_refused(string opening)
    {
        using var server = new RawServer(_ => [RawServer.Json(string.Concat(Enumerable.Repeat(opening, 100_000)))]);

        Assert.Contains("is not the JSON", (await GetAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_with_a_null_item_is_refused()
    {
        using var server = new RawServer(_ => [RawServer.Json("""{"results": [null]}""")]);
        using var client = Connect(server);

        Assert.Contains("is not the JSON", (await ReadAsync(client.In(Project).Exports.ListAsync())).Message, StringComparison.Ordinal);
        var failure = await ReadAsync(client.In(Project).Logs.ReadAsync(LogSource.Export(Id)));
        Assert.Contains("is not the JSON", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Headers_are_read_up_to_64_KiB(int status)
    {
        var line = Encoding.ASCII.GetBytes($"X-Filler: {new string('x', 1000)}\r\n");
        var statusLine = Encoding.ASCII.GetBytes($"HTTP/1.1 {status} OK\r\n");
        using var server = new RawServer(_ => Enumerable.Repeat(line, 100_000).Prepend(statusLine));

        var failure = await GetAsync(server);

        Assert.Contains("more than 64 KiB of headers", failure.Message, StringComparison.Ordinal);
        Assert.InRange(server.Sent, 0, 8 * MiB);
    }

    [Fact]
    public async Task A_response_that_is_not_HTTP_is_reported_as_such()
    {
        using var server = new RawServer(_ => [Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.9\r\n\r\n")]);

        Assert.Contains("did not answer with HTTP", (await GetAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_create_with_an_unreadable_response_may_have_taken_effect()
    {
        byte[][] answers =
        [
            Encoding.ASCII.GetBytes("rubbish\r\n\r\n"),
            RawServer.Head("200 OK", $"X: {new string('x', 70_000)}\r\n"),
            RawServer.Json("["),
        ];
        foreach (var answer in answers)
        {
            using var server = new RawServer(_ => [answer]);
            using var client = Connect(server);

            Assert.True((await client.In(Project).Exports.CreateAsync(Calls.NewExport).Failure())!.MayHaveTakenEffect);
            Assert.Single(server.Requests);
        }
    }

    [Fact]
    public async Task Cookies_are_not_kept()
    {
        using var server = new RawServer(_ => [RawServer.Json($$"""{"id": "{{Id}}"}""", "Set-Cookie: session=1; Path=/\r\n")]);
        using var client = Connect(server);
        await client.In(Project).Exports.GetAsync(Id).WithTimeout();
        await client.In(Project).Exports.GetAsync(Id).WithTimeout();

        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain(server.Requests, head => head.Contains("Cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http://elsewhere.example/", "http://elsewhere.example")]
    [InlineData("https://user:password@elsewhere.example/?secret=1", "https://elsewhere.example")]
    [InlineData("http://{0}/api/projects/12345/batch_exports/", "http://{0}")]
    [InlineData("https://{0}/api/projects/12345/batch_exports/", "https://{0}")]
    [InlineData("/api/projects/1/", "elsewhere")]
    [InlineData("//elsewhere.example/", "elsewhere")]
    [InlineData("file:///etc/passwd", "file://")]
    [InlineData("http://[", "elsewhere")]
    [InlineData("\u001b]0;owned\u0007", "elsewhere")]
    [InlineData("", "elsewhere")]
    public async Task Redirects_are_not_followed_not_even_to_the_same_host(string location, string named)
    {
        using var server = new RawServer(head =>
        {
            var target = location.Replace("{0}", HostOf(head), StringComparison.Ordinal);
            return [RawServer.Answer([], $"Location: {target}\r\n", "307 Temporary Redirect")];
        });

        var failure = await GetAsync(server);

        var target = named.Replace("{0}", server.Origin.Authority, StringComparison.Ordinal);
        Assert.Contains($"redirects to {target}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("password", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_lone_surrogate_does_not_make_a_response_unreadable()
    {
        const string body = """
            {
                "id": "\ud83d",
                "name": "\ude00 \uD83D\uDE00 \\ud83d \ud83d\ud83d\ude00 \ud83",
                "new": {"\udc00": "\ud800"}
            }
            """;
        using var server = new RawServer(_ => [RawServer.Json(body.Replace(@" \ud83""", "\"", StringComparison.Ordinal))]);
        using var client = Connect(server);

        var export = await client.In(Project).Exports.GetAsync(Id).WithTimeout();

        Assert.Equal(("\uFFFD", "\uFFFD \U0001F600 \\ud83d \uFFFD\U0001F600"), (export.Id, export.Name));
        var field = Assert.IsType<IDictionary<string, object?>>(export.AdditionalProperties["new"], exactMatch: false);
        Assert.Equal("\uFFFD", field["\uFFFD"]);
    }

    [Fact]
    public async Task Objects_do_not_change_when_the_buffer_of_their_response_is_reused()
    {
        var answers = 0;
        using var server = new RawServer(_ =>
        {
            answers++;
            var text = new string((char)('0' + answers), 200_000);
            return [RawServer.Json($$"""{"id": "e", "name": "{{answers}}", "new": {"is": "{{answers}}"}, "long": "{{text}}"}""", "")];
        });
        using var client = Connect(server);

        var exports = new List<BatchExport>();
        for (var i = 0; i < 3; i++)
            exports.Add(await client.In(Project).Exports.GetAsync(Id).WithTimeout());

        Assert.Equal(["1 1 1", "2 2 2", "3 3 3"], exports.Select(TextOf));

        static string TextOf(BatchExport export)
        {
            var field = Assert.IsType<IDictionary<string, object?>>(export.AdditionalProperties["new"], exactMatch: false);
            return $"{export.Name} {field["is"]} {export.AdditionalProperties["long"]!.ToString()![199_999]}";
        }
    }

    [Fact]
    public async Task Invalid_UTF_8_is_refused_anywhere_in_a_body()
    {
        byte[] body = [.. "{\"id\": \"x\", \"new\": \""u8, 0xC3, 0x28, .. "\"}"u8];
        using var server = new RawServer(_ => [RawServer.Answer(body, "Content-Type: application/json\r\n")]);

        Assert.Contains("is not the JSON", (await GetAsync(server)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("escape \u001b[31m", "escape \uFFFD[31m")]
    [InlineData("title \u001b]0;owned\u0007", "title \uFFFD]0;owned\uFFFD")]
    [InlineData("CSI \u009b31m, OSC \u009d0;owned\u009c", "CSI \uFFFD31m, OSC \uFFFD0;owned\uFFFD")]
    [InlineData("right to left \u202e, isolate \u2066, mark \u200f", "right to left \uFFFD, isolate \uFFFD, mark \uFFFD")]
    [InlineData("return\rover, back\b, tab\t, nul\0", "return\uFFFDover, back\uFFFD, tab\uFFFD, nul\uFFFD")]
    [InlineData("lines\r\nand\nmore", "lines\nand\nmore")]
    [InlineData("\U0001F468\u200D\U0001F469, \u0645\u06CC\u200C\u062E", "\U0001F468\u200D\U0001F469, \u0645\u06CC\u200C\u062E")]
    public void Text_for_a_terminal_has_no_control_characters(string text, string shown)
    {
        Assert.Equal(shown, DisplayText.Harmless(text));
        Assert.Equal(shown, DisplayText.Clean(text));
    }

    [Theory]
    [InlineData("nightly\nWhat if: nothing", "nightly\uFFFDWhat if: nothing")]
    [InlineData("a\r\nb\rc\u0085d\u2028e\u2029f\fg", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg")]
    public void Text_in_a_prompt_is_one_line(string text, string shown) => Assert.Equal(shown, DisplayText.OneLine(text));

    private static string HostOf(string head) => head.Split("Host: ")[1].Split("\r\n")[0];

    private static BatchExportClient Connect(RawServer server) => new(TestService.OptionsFor(server.Origin, "phx_key", new TestClock()));

    private static async Task<UnexpectedResponseException> GetAsync(RawServer server)
    {
        using var client = Connect(server);
        return Assert.IsType<UnexpectedResponseException>(await client.In(Project).Exports.GetAsync(Id).Failure());
    }

    private static async Task<UnexpectedResponseException> ReadAsync<T>(IAsyncEnumerable<T> list, Action<T>? onItem = null)
    {
        return Assert.IsType<UnexpectedResponseException>(await Read().Failure());

        async Task Read()
        {
            await foreach (var item in list)
                onItem?.Invoke(item);
        }
    }

    // An export whose unknown field is a list of a value again and again.
    private static byte[] Repeated(string value, int length)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write("{\"id\": \"x\", \"filters\": ["u8);
            var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(value, MiB / value.Length)));
            for (var written = 0; written + piece.Length < length; written += piece.Length)
                gzip.Write(piece);

            gzip.Write("0]}"u8);
        }

        return compressed.ToArray();
    }

    private static byte[] Compress(string encoding, int length)
    {
        var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Fastest),
            _ => new BrotliStream(compressed, CompressionLevel.Fastest),
        })
        {
            var piece = new byte[MiB];
            for (var written = 0; written < length; written += piece.Length)
                stream.Write(piece);
        }

        return compressed.ToArray();
    }
}
