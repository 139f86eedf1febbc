using System.Globalization;
using Xunit;
using static PSBatchExports.Core.Tests.HostileServers;

namespace PSBatchExports.Core.Tests;

/// <summary>Lists and logs that a server would not let end.</summary>
public class EndlessListTests
{
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
}
