using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Tests.Conformance;
using Xunit;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The end of runs, their file lists, and the automatic pause after failures.</summary>
public class RunStateTests
{
    private const string Export = Exports + FixtureState.ExportId + "/";

    private static JsonObject SmallParts => Download(b =>
    {
        b["include"] = new JsonArray();
        b["file"] = new JsonObject { ["format"] = "JSONLines", ["max_size_mb"] = 1 };
        b["data_interval_end"] = "2026-09-01T01:00:00Z";
    });

    [Fact]
    public async Task File_list_grows_in_an_order_decided_by_the_seed()
    {
        var orders = new List<string[]>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            await using var server = await TestServer.StartAsync(o => o with
            {
                Seed = seed,
                EventsPerHour = 10_000,
                ListDuration = TimeSpan.FromSeconds(20),
            });
            var id = await server.CompleteRunAsync(SmallParts);
            var order = new List<string>();
            for (var step = 0; step <= 200; step++)
            {
                var response = await server.GetJsonAsync($"{Downloads}{id}/");
                var files = response["files"]?.AsArray().Select(f => f!.GetValue<string>()).ToArray() ?? [];
                Assert.Equal(files.Length > 0 ? "Completed" : "Running", response["status"]!.GetValue<string>());
                order.AddRange(files.Except(order));
                Assert.Equal(order.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
                server.Clock.Advance(TimeSpan.FromSeconds(0.1));
            }

            Assert.True(order.Count > 3);
            orders.Add([.. order]);
        }

        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0].Order(StringComparer.Ordinal), orders[0]);
        Assert.NotEqual(orders[0], orders[2]);
    }

    [Fact]
    public async Task Unlisted_file_is_not_found_by_its_id()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 10_000 });
        var id = await server.CompleteRunAsync(SmallParts);
        var files = (await server.GetJsonAsync($"{Downloads}{id}/"))["files"]!.AsArray().Select(f => f!.GetValue<string>()).ToArray();

        await server.ControlAsync($"runs/{id}", new JsonObject { ["listSeconds"] = 3600 });
        using var hidden = await server.GetAsync($"{Downloads}{id}/download/{files[0]}/");
        server.Clock.Advance(TimeSpan.FromHours(1));
        using var listed = await server.GetAsync($"{Downloads}{id}/download/{files[0]}/");

        Assert.Equal((404, 302), ((int)hidden.StatusCode, (int)listed.StatusCode));
    }

    [Fact]
    public async Task Run_without_rows_lists_no_files_on_completion()
    {
        await using var server = await TestServer.StartAsync(o => o with { ListDuration = TimeSpan.FromHours(1) });
        var id = await server.CompleteRunAsync(Download(b => b["data_interval_end"] = b["data_interval_start"]!.DeepClone()));

        var response = await server.GetJsonAsync($"{Downloads}{id}/");

        Assert.Equal(("Completed", 0), (response["status"]!.GetValue<string>(), response["files"]!.AsArray().Count));
    }

    [Fact]
    public async Task Never_ending_run_occupies_its_slot_until_cancelled()
    {
        await using var server = await TestServer.StartAsync(o => o with { ConcurrentDownloadLimit = 1 });
        await server.ControlAsync("switches", new JsonObject { ["runsNeverEnd"] = true });
        var id = await server.StartRunAsync();
        server.Clock.Advance(TimeSpan.FromDays(2));

        var shown = await server.GetJsonAsync($"{Downloads}{id}/");
        using var refused = await server.PostAsync(Downloads, Download());
        await server.PostJsonAsync($"{Downloads}{id}/cancel/");
        using var accepted = await server.PostAsync(Downloads, Download());

        Assert.Equal("Running", shown["status"]!.GetValue<string>());
        Assert.Equal((429, 202), ((int)refused.StatusCode, (int)accepted.StatusCode));
    }

    [Theory]
    [InlineData(0.49, "Running")]
    [InlineData(0.5, "Failed")]
    public async Task Unsupported_compression_fails_only_after_staging(double progress, string status)
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.StartRunAsync(Download(b => b["file"]!["compression"] = "zstd"));
        server.Clock.Advance(RunDuration * progress);

        Assert.Equal(status, (await server.GetJsonAsync($"{Downloads}{id}/"))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("level=WARNING,ERROR", 2)]
    [InlineData("level=WARNING,%20ERROR", 1)]
    [InlineData("level=error", 1)]
    [InlineData("level=,", 0)]
    public async Task Log_level_filter_is_split_at_commas(string query, int found)
    {
        await using var server = await TestServer.StartAsync();
        server.AddExport("create-batch-export.201");
        server.AddLogs("logs.200");

        Assert.Equal(found, (await server.GetJsonAsync($"{Export}logs/?{query}"))["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Each_run_logs_under_its_own_workflow_execution()
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 1 });
        var id = server.State.Exports.Single(e => e.ProjectId == server.Host.Options.ProjectId).Id;

        var instances = (await server.GetJsonAsync($"{Exports}{id}/logs/?limit=500"))["results"]!.AsArray()
            .Select(row => row!["instance_id"]!.GetValue<string>())
            .Distinct()
            .ToArray();

        Assert.Equal(server.State.RunsOf(id).Count, instances.Length);
        Assert.All(instances, instance => Assert.True(Guid.TryParse(instance, out _)));
        Assert.Empty(instances.Intersect(server.State.RunsOf(id).Select(run => run.Id.ToString())));
    }

    [Theory]
    [InlineData("hour", 24)]
    [InlineData("day", 7)]
    [InlineData("week", 4)]
    [InlineData("every 15 minutes", 4)]
    [InlineData("every 5 minutes", 12)]
    public async Task Three_failures_among_the_latest_runs_pause_an_export(string interval, int window)
    {
        await using var server = await TestServer.StartAsync();
        var export = FixtureExport(server, interval);
        server.EndRun(0);
        server.EndRun(1);
        for (var other = 0; other < window - 2; other++)
            server.EndRun(2 + other, "Completed");
        server.EndRun(window);
        Assert.False(export.Paused);

        server.EndRun(window + 1);
        server.EndRun(window + 2);
        Assert.True(export.Paused);
        Assert.Equal(server.Clock.GetUtcNow(), export.LastPausedAt);
    }

    [Theory]
    [InlineData("FailedBilling")]
    [InlineData("Cancelled")]
    [InlineData("TimedOut")]
    [InlineData("Terminated")]
    public async Task Only_failed_runs_count_toward_the_automatic_pause(string status)
    {
        await using var server = await TestServer.StartAsync();
        var export = FixtureExport(server, "hour");
        for (var hour = 0; hour < 6; hour++)
            server.EndRun(hour, status);

        Assert.False(export.Paused);
    }

    [Fact]
    public async Task Automatic_pause_cancels_backfills_and_returns_after_unpausing()
    {
        await using var server = await TestServer.StartAsync();
        var export = FixtureExport(server, "hour");
        var started = await server.PostJsonAsync(Export + "backfills/", Backfill("2026-10-01T00:00:00Z", "2026-10-01T06:00:00Z"));
        var backfill = Guid.Parse(started["backfill_id"]!.GetValue<string>());
        for (var hour = 0; hour < 3; hour++)
            server.EndRun(hour, backfill: backfill);
        Assert.True(export.Paused);
        server.Clock.Advance(RunDuration / 10);
        Assert.Equal("Cancelled", (await server.GetJsonAsync($"{Export}backfills/{backfill}/"))["status"]!.GetValue<string>());

        await server.PostJsonAsync(Export + "unpause/");
        Assert.False(export.Paused);
        server.EndRun(4);
        Assert.True(export.Paused);
    }

    [Fact]
    public async Task Export_is_not_paused_by_on_demand_failures_or_with_FailuresBeforePause_0()
    {
        await using var server = await TestServer.StartAsync(o => o with { FailuresBeforePause = 0 });
        var export = FixtureExport(server, "hour");
        for (var hour = 0; hour < 24; hour++)
            server.EndRun(hour);
        var onDemand = await server.StartRunAsync();
        await server.ControlAsync($"runs/{onDemand}", new JsonObject { ["status"] = "Failed", ["error"] = RunErrors.Unexpected });

        Assert.False(export.Paused);
        Assert.Equal(RunErrors.Unexpected, (await server.GetJsonAsync($"{Downloads}{onDemand}/"))["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Failures_forced_by_the_control_channel_pause_the_export()
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 2 });
        var export = server.State.Exports.Single(e => e.Name == "nightly");
        foreach (var run in server.State.RunsOf(export.Id).Take(3))
            await server.ControlAsync($"runs/{run.Id}", new JsonObject { ["status"] = "Failed", ["error"] = "out of space" });

        Assert.True((await server.GetJsonAsync($"{Exports}{export.Id}/"))["paused"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Query_update_is_rejected_while_its_author_has_no_access()
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.CreateExportAsync("create-batch-export.request.hogql");
        await server.ControlAsync("switches", new JsonObject { ["hogqlAuthor"] = "withoutAccess" });
        using var refused = await server.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["name"] = "renamed" });
        await server.ControlAsync("switches", new JsonObject { ["hogqlAuthor"] = "active" });
        using var accepted = await server.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["name"] = "renamed" });

        Assert.Equal((400, 200), ((int)refused.StatusCode, (int)accepted.StatusCode));
    }

    private static StoredExport FixtureExport(TestServer server, string interval)
    {
        var json = Fixture.Json("create-batch-export.201").AsObject();
        json["interval"] = interval;
        json["offset_hour"] = json["offset_day"] = null;
        return server.AddExport(json);
    }
}
