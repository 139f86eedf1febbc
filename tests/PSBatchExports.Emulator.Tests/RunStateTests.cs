using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Tests.Conformance;
using Xunit;
using static PSBatchExports.Emulator.Tests.Bodies;
using static PSBatchExports.Emulator.Tests.Scene;

namespace PSBatchExports.Emulator.Tests;

/// <summary>How runs end or do not, what their lists of files show meanwhile, and what their failures do to an export.</summary>
public class RunStateTests
{
    private const string Export = Exports + FixtureState.ExportId + "/";

    private static JsonObject Parts => Download(b =>
    {
        b["include"] = new JsonArray();
        b["file"] = new JsonObject { ["format"] = "JSONLines", ["max_size_mb"] = 1 };
        b["data_interval_end"] = "2026-09-01T01:00:00Z";
    });

    [Fact]
    public async Task The_list_of_a_completed_run_grows_file_by_file_in_an_order_that_the_seed_decides()
    {
        var orders = new List<string[]>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            await using var scene = await Scene.StartAsync(o => o with { Seed = seed, EventsPerHour = 10_000, ListDuration = TimeSpan.FromSeconds(20) });
            var id = await scene.CompleteRunAsync(Parts);
            var order = new List<string>();
            for (var step = 0; step <= 200; step++)
            {
                var answer = await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/");
                var files = answer["files"]?.AsArray().Select(f => f!.GetValue<string>()).ToArray() ?? [];
                Assert.Equal(files.Length > 0 ? "Completed" : "Running", answer["status"]!.GetValue<string>());
                order.AddRange(files.Except(order));
                Assert.Equal(order.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
                scene.Clock.Advance(TimeSpan.FromSeconds(0.1));
            }

            Assert.True(order.Count > 3);
            orders.Add([.. order]);
        }

        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0].Order(StringComparer.Ordinal), orders[0]);
        Assert.NotEqual(orders[0], orders[2]);
    }

    [Fact]
    public async Task A_file_that_is_not_listed_yet_is_not_there_for_its_id_either()
    {
        await using var scene = await Scene.StartAsync(o => o with { EventsPerHour = 10_000 });
        var id = await scene.CompleteRunAsync(Parts);
        var files = (await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/"))["files"]!.AsArray().Select(f => f!.GetValue<string>()).ToArray();

        await scene.DoAsync(HttpMethod.Post, $"/_emulator/runs/{id}", new JsonObject { ["listSeconds"] = 3600 });
        using var hidden = await scene.GetAsync($"{Downloads}{id}/download/{files[0]}/");
        scene.Clock.Advance(TimeSpan.FromHours(1));
        using var listed = await scene.GetAsync($"{Downloads}{id}/download/{files[0]}/");

        Assert.Equal((404, 302), ((int)hidden.StatusCode, (int)listed.StatusCode));
    }

    [Fact]
    public async Task A_run_that_found_nothing_lists_nothing_as_soon_as_it_has_completed()
    {
        await using var scene = await Scene.StartAsync(o => o with { ListDuration = TimeSpan.FromHours(1) });
        var id = await scene.CompleteRunAsync(Download(b => b["data_interval_end"] = b["data_interval_start"]!.DeepClone()));

        var answer = await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/");

        Assert.Equal(("Completed", 0), (answer["status"]!.GetValue<string>(), answer["files"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_run_that_never_ends_keeps_its_slot_until_it_is_cancelled()
    {
        await using var scene = await Scene.StartAsync(o => o with { ConcurrentDownloadLimit = 1 });
        await scene.DoAsync(HttpMethod.Post, "/_emulator/switches", new JsonObject { ["runsNeverEnd"] = true });
        var id = await scene.StartRunAsync();
        scene.Clock.Advance(TimeSpan.FromDays(2));

        var shown = await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/");
        using var refused = await scene.PostAsync(Downloads, Download());
        await scene.DoAsync(HttpMethod.Post, $"{Downloads}{id}/cancel/");
        using var accepted = await scene.PostAsync(Downloads, Download());

        Assert.Equal("Running", shown["status"]!.GetValue<string>());
        Assert.Equal((429, 202), ((int)refused.StatusCode, (int)accepted.StatusCode));
    }

    [Theory]
    [InlineData(0.49, "Running")]
    [InlineData(0.5, "Failed")]
    public async Task An_unsupported_compression_is_noticed_once_the_data_is_staged(double progress, string status)
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.StartRunAsync(Download(b => b["file"]!["compression"] = "zstd"));
        scene.Clock.Advance(RunDuration * progress);

        Assert.Equal(status, (await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/"))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("level=WARNING,ERROR", 2)]
    [InlineData("level=WARNING,%20ERROR", 1)]
    [InlineData("level=error", 1)]
    [InlineData("level=,", 0)]
    public async Task Levels_are_split_at_commas_and_not_trimmed(string query, int found)
    {
        await using var scene = await Scene.StartAsync();
        scene.AddExport("create-batch-export.201");
        scene.AddLogs("logs.200");

        Assert.Equal(found, (await scene.DoAsync(HttpMethod.Get, $"{Export}logs/?{query}"))["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Each_run_logs_under_a_workflow_execution_of_its_own()
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 1 });
        var id = scene.State.Exports.Single(e => e.ProjectId == scene.Host.Options.ProjectId).Id;

        var instances = (await scene.DoAsync(HttpMethod.Get, $"{Exports}{id}/logs/?limit=500"))["results"]!.AsArray()
            .Select(row => row!["instance_id"]!.GetValue<string>())
            .Distinct()
            .ToArray();

        Assert.Equal(scene.State.RunsOf(id).Count, instances.Length);
        Assert.All(instances, instance => Assert.True(Guid.TryParse(instance, out _)));
        Assert.Empty(instances.Intersect(scene.State.RunsOf(id).Select(run => run.Id.ToString())));
    }

    [Theory]
    [InlineData("hour", 24)]
    [InlineData("day", 7)]
    [InlineData("week", 4)]
    [InlineData("every 15 minutes", 4)]
    [InlineData("every 5 minutes", 12)]
    public async Task Three_failures_among_the_latest_runs_pause_an_export(string interval, int window)
    {
        await using var scene = await Scene.StartAsync();
        var export = FixtureExport(scene, interval);
        scene.FailRun(0);
        scene.FailRun(1);
        for (var other = 0; other < window - 2; other++)
            scene.FailRun(2 + other, "Completed");
        scene.FailRun(window);
        Assert.False(export.Paused);

        scene.FailRun(window + 1);
        scene.FailRun(window + 2);
        Assert.True(export.Paused);
        Assert.Equal(scene.Clock.GetUtcNow(), export.LastPausedAt);
    }

    [Theory]
    [InlineData("FailedBilling")]
    [InlineData("Cancelled")]
    [InlineData("TimedOut")]
    [InlineData("Terminated")]
    public async Task Other_ends_do_not_count(string status)
    {
        await using var scene = await Scene.StartAsync();
        var export = FixtureExport(scene, "hour");
        for (var hour = 0; hour < 6; hour++)
            scene.FailRun(hour, status);

        Assert.False(export.Paused);
    }

    [Fact]
    public async Task The_pause_cancels_running_backfills_whose_failures_count_and_comes_back_after_unpausing()
    {
        await using var scene = await Scene.StartAsync();
        var export = FixtureExport(scene, "hour");
        var started = await scene.DoAsync(HttpMethod.Post, Export + "backfills/", Backfill("2026-10-01T00:00:00Z", "2026-10-01T06:00:00Z"));
        var backfill = Guid.Parse(started["backfill_id"]!.GetValue<string>());
        for (var hour = 0; hour < 3; hour++)
            scene.FailRun(hour, backfill: backfill);
        Assert.True(export.Paused);
        scene.Clock.Advance(RunDuration / 10);
        Assert.Equal("Cancelled", (await scene.DoAsync(HttpMethod.Get, $"{Export}backfills/{backfill}/"))["status"]!.GetValue<string>());

        await scene.DoAsync(HttpMethod.Post, Export + "unpause/");
        Assert.False(export.Paused);
        scene.FailRun(4);
        Assert.True(export.Paused);
    }

    [Fact]
    public async Task Failed_runs_on_demand_pause_nothing_and_neither_do_failures_that_are_switched_off()
    {
        await using var scene = await Scene.StartAsync(o => o with { FailuresBeforePause = 0 });
        var export = FixtureExport(scene, "hour");
        for (var hour = 0; hour < 24; hour++)
            scene.FailRun(hour);
        var onDemand = await scene.StartRunAsync();
        await scene.DoAsync(HttpMethod.Post, $"/_emulator/runs/{onDemand}", new JsonObject { ["status"] = "Failed", ["error"] = RunErrors.Unexpected });

        Assert.False(export.Paused);
        Assert.Equal(RunErrors.Unexpected, (await scene.DoAsync(HttpMethod.Get, $"{Downloads}{onDemand}/"))["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_control_channel_can_make_runs_fail_until_the_export_is_paused()
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 2 });
        var export = scene.State.Exports.Single(e => e.Name == "nightly");
        foreach (var run in scene.State.RunsOf(export.Id).Take(3))
            await scene.DoAsync(HttpMethod.Post, $"/_emulator/runs/{run.Id}", new JsonObject { ["status"] = "Failed", ["error"] = "out of space" });

        Assert.True((await scene.DoAsync(HttpMethod.Get, $"{Exports}{export.Id}/"))["paused"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Saving_a_query_again_is_refused_while_its_author_has_no_access()
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.CreateExportAsync("create-batch-export.request.hogql");
        await scene.DoAsync(HttpMethod.Post, "/_emulator/switches", new JsonObject { ["hogqlAuthor"] = "withoutAccess" });
        using var refused = await scene.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["name"] = "renamed" });
        await scene.DoAsync(HttpMethod.Post, "/_emulator/switches", new JsonObject { ["hogqlAuthor"] = "active" });
        using var accepted = await scene.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["name"] = "renamed" });

        Assert.Equal((400, 200), ((int)refused.StatusCode, (int)accepted.StatusCode));
    }

    private static StoredExport FixtureExport(Scene scene, string interval)
    {
        var json = Fixture.Json("create-batch-export.201").AsObject();
        json["interval"] = interval;
        json["offset_hour"] = json["offset_day"] = null;
        return scene.AddExport(json);
    }
}
