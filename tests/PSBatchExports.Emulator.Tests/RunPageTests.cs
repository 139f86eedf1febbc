using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Pages of the list of runs.</summary>
public class RunPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 8, 12, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("?after=-30d", false)]
    [InlineData("?after=-30d&ordering=created_at", true)]
    [InlineData("?after=-30d&ordering=-created_at", false)]
    [InlineData("?start=-30d&ordering=data_interval_start", true)]
    [InlineData("?start=-30d&ordering=-data_interval_start", false)]
    public async Task Every_run_is_on_one_page_in_order(string query, bool oldestFirst)
    {
        await using var server = await TestServer.StartAsync();
        var export = AddRuns(server, 250);
        var pages = await PagesAsync(server, export, query);
        var expected = server.State.RunsOf(export).Select(run => run.Id.ToString());

        Assert.Equal([100, 100, 50], pages.Select(page => page.Length));
        Assert.Equal(oldestFirst ? expected : expected.Reverse(), pages.SelectMany(page => page));
    }

    [Fact]
    public async Task Only_matching_runs_are_on_pages()
    {
        await using var server = await TestServer.StartAsync();
        var export = AddRuns(server, 500);
        foreach (var run in server.State.RunsOf(export).Where((_, index) => index % 3 != 0))
            run.Status = RunStatus.Failed;

        var pages = await PagesAsync(server, export, "?after=-30d&status=Completed");

        Assert.Equal([100, 67], pages.Select(page => page.Length));
    }

    [Fact]
    public async Task Previous_page_is_the_one_before()
    {
        await using var server = await TestServer.StartAsync();
        var export = AddRuns(server, 250);
        var first = await server.GetJsonAsync($"{Exports}{export}/runs/?after=-30d");
        var second = await server.GetJsonAsync(first["next"]!.GetValue<string>());
        var third = await server.GetJsonAsync(second["next"]!.GetValue<string>());

        var back = await server.GetJsonAsync(third["previous"]!.GetValue<string>());
        var backAgain = await server.GetJsonAsync(back["previous"]!.GetValue<string>());

        Assert.Equal(Ids(second), Ids(back));
        Assert.Equal(Ids(first), Ids(backAgain));
        Assert.Null(first["previous"]);
        Assert.Null(backAgain["previous"]);
        Assert.NotNull(back["next"]);
    }

    [Fact]
    public async Task Run_added_between_two_pages_moves_no_run_to_another_page()
    {
        await using var server = await TestServer.StartAsync();
        var export = AddRuns(server, 150);
        var first = await server.GetJsonAsync($"{Exports}{export}/runs/?after=-30d");
        server.State.AddRun(Run(export, Now.AddMinutes(-1)));

        var second = await server.GetJsonAsync(first["next"]!.GetValue<string>());

        Assert.Equal(50, Ids(second).Length);
        Assert.Empty(Ids(second).Intersect(Ids(first)));
    }

    [Theory]
    [InlineData("?after=2026-10-07T12:30:00Z&before=2026-10-07T18:30:00Z", 7)]
    [InlineData("?ordering=data_interval_start&start=2026-10-07T12:30:00Z&end=2026-10-07T18:30:00Z", 6)]
    [InlineData("?after=2027-01-01T00:00:00Z", 0)]
    [InlineData("?before=2026-01-01T00:00:00Z", 0)]
    [InlineData("", 168)]
    public async Task Window_limits_the_list(string query, int count)
    {
        await using var server = await TestServer.StartAsync();
        var export = AddRuns(server, 300);

        Assert.Equal(count, (await PagesAsync(server, export, query)).Sum(page => page.Length));
    }

    /// <summary>Adds a run an hour, in no particular order; the newest was created an hour ago.</summary>
    private static Guid AddRuns(TestServer server, int count)
    {
        var export = server.State.AddExports(1, "export-", new SampleSettings { History = TimeSpan.FromTicks(1) })[0].Id;
        var random = new Random(1);
        foreach (var hour in Enumerable.Range(1, count).OrderBy(_ => random.Next()))
            server.State.AddRun(Run(export, Now.AddHours(-hour)));
        return export;
    }

    private static ScheduledRun Run(Guid export, DateTimeOffset at) => new()
    {
        Id = Guid.NewGuid(),
        ExportId = export,
        DataIntervalStart = at.AddHours(-1),
        DataIntervalEnd = at,
        Status = RunStatus.Completed,
        CreatedAt = at,
        LastUpdatedAt = at,
    };

    private static async Task<List<string[]>> PagesAsync(TestServer server, Guid export, string query)
    {
        var pages = new List<string[]>();
        for (var path = $"{Exports}{export}/runs/{query}"; path is not null;)
        {
            var page = await server.GetJsonAsync(path);
            pages.Add(Ids(page));
            path = page["next"]?.GetValue<string>();
        }

        return pages;
    }

    private static string[] Ids(JsonObject page) => [.. page["results"]!.AsArray().Select(run => run!["id"]!.GetValue<string>())];
}
