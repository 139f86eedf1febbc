using System.IO.Compression;
using System.Text;
using PSBatchExports.Wire;
using Xunit;
using static PSBatchExports.Core.Tests.HostileServers;

namespace PSBatchExports.Core.Tests;

/// <summary>Bodies and headers that are too large, too deep or unreadable.</summary>
public class ResponseBodyTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_body_is_read_up_to_64_MiB()
    {
        var piece = Enumerable.Repeat((byte)' ', MiB).ToArray();
        var head = RawServer.Head("200 OK", "Content-Type: application/json\r\nContent-Length: 1073741824\r\n");
        using var server = new RawServer(_ => Enumerable.Repeat(piece, 1024).Prepend(head));

        var failure = await GetAsync(server);

        Assert.Contains("is longer than 64 MiB", failure.Message, StringComparison.Ordinal);
        Assert.InRange(server.Sent, 0, 256 * MiB);
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
        Assert.Throws<TooManyValuesException>(() => WireJson.Read(json.AsSpan(), BatchExport.Read));

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
