using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Runs that start while the emulator runs: by schedule, and one after the other in a backfill.</summary>
public class LiveScheduleTests
{
    private static readonly DateTimeOffset FirstEnd = new(2026, 10, 8, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Hourly_export_runs_each_hour()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        var before = Runs(server, id);
        server.Clock.Advance(TimeSpan.FromHours(24));
        var runs = Runs(server, id);

        Assert.Empty(before);
        Assert.InRange(runs.Count, 23, 24);
        Assert.Equal(Hours(runs.Count), runs.Select(run => run.DataIntervalEnd));
        Assert.All(runs, run => Assert.Equal(TimeSpan.FromHours(1), run.DataIntervalEnd - run.DataIntervalStart));
        Assert.All(runs, run => Assert.Equal(4, run.RecordsCompleted));
        var delay = Assert.Single(runs.Select(run => run.CreatedAt - run.DataIntervalEnd).Distinct());
        Assert.InRange(delay, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(16));
    }

    [Fact]
    public async Task Run_is_in_progress_for_its_duration()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromHours(2));
        var delay = Runs(server, id)[0].CreatedAt - FirstEnd;
        server.Clock.Advance(FirstEnd.AddHours(3) + delay - server.Clock.GetUtcNow());
        var statuses = new List<string>();
        foreach (var wait in new[] { TimeSpan.Zero, RunDuration / 2, RunDuration / 2 })
        {
            server.Clock.Advance(wait);
            statuses.Add(Runs(server, id)[^1].Status);
        }

        Assert.Equal([RunStatus.Running, RunStatus.Running, RunStatus.Completed], statuses);
    }

    [Fact]
    public async Task Many_small_steps_of_the_clock_make_the_same_runs_as_one_large_step()
    {
        var histories = new List<string[]>();
        foreach (var steps in new[] { 1, 500 })
        {
            await using var server = await StartAsync(o => o with { Exports = 8 });
            for (var step = 0; step < steps; step++)
            {
                server.Clock.Advance(TimeSpan.FromDays(10) / steps);
                using var response = await server.GetAsync(Exports + "?limit=1");
            }

            histories.Add([.. server.State.Exports.SelectMany(export => server.State.RunsOf(export.Id)).Select(Text)]);
        }

        Assert.Equal(histories[0], histories[1]);
        Assert.True(histories[0].Length > 8 * 12);
    }

    [Fact]
    public async Task Paused_export_does_not_catch_up()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromHours(2));
        await server.PostJsonAsync($"{Exports}{id}/pause/");
        server.Clock.Advance(TimeSpan.FromHours(10));
        var paused = Runs(server, id);
        await server.PostJsonAsync($"{Exports}{id}/unpause/");
        server.Clock.Advance(TimeSpan.FromHours(2));
        var ends = Runs(server, id).Select(run => run.DataIntervalEnd).ToArray();

        Assert.Equal(Hours(2), paused.Select(run => run.DataIntervalEnd));
        Assert.Equal([.. Hours(2), FirstEnd.AddHours(12), FirstEnd.AddHours(13)], ends);
    }

    [Fact]
    public async Task Runs_stay_within_start_and_end()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        await server.RequestAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject
        {
            ["start_at"] = WireTime.Format(FirstEnd.AddHours(3)),
            ["end_at"] = WireTime.Format(FirstEnd.AddHours(5)),
        });
        server.Clock.Advance(TimeSpan.FromHours(12));

        Assert.Equal(Hours(6).Skip(3), Runs(server, id).Select(run => run.DataIntervalEnd));
    }

    [Fact]
    public async Task Change_of_the_interval_applies_from_then_on()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromHours(3));
        var change = new JsonObject { ["interval"] = "day", ["offset_hour"] = 2, ["timezone"] = "Europe/Berlin" };
        await server.RequestAsync(HttpMethod.Patch, $"{Exports}{id}/", change);
        server.Clock.Advance(TimeSpan.FromDays(2));
        var ends = Runs(server, id).Select(run => run.DataIntervalEnd).ToArray();

        DateTimeOffset[] days = [new(2026, 10, 9, 0, 0, 0, TimeSpan.Zero), new(2026, 10, 10, 0, 0, 0, TimeSpan.Zero)];
        Assert.Equal([.. Hours(3), .. days], ends);
    }

    [Fact]
    public async Task Deleted_export_runs_no_more()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromHours(2));
        using var deleted = await server.SendAsync(HttpMethod.Delete, $"{Exports}{id}/");
        server.Clock.Advance(TimeSpan.FromHours(10));

        Assert.Equal(2, server.State.RunsOf(Guid.Parse(id)).Count);
    }

    [Fact]
    public async Task Failing_export_is_paused_by_the_service_after_its_third_failure()
    {
        await using var server = await StartAsync();
        var id = await CreateAsync(server);
        await server.ControlAsync($"exports/{id}", """{"runError":"no room"}""");
        server.Clock.Advance(TimeSpan.FromHours(10));
        var export = await server.GetJsonAsync($"{Exports}{id}/");
        var runs = Runs(server, id);

        Assert.True(export["paused"]!.GetValue<bool>());
        Assert.Equal(WireTime.Format(runs[^1].FinishedAt), export["last_paused_at"]!.GetValue<string>());
        Assert.Equal(Hours(3), runs.Select(run => run.DataIntervalEnd));
        Assert.All(runs, run => Assert.Equal((RunStatus.Failed, "no room"), (run.Status, run.LatestError)));
        Assert.Single(server.State.LogsOf(Guid.Parse(id)), row => row.Message.Contains("automatically paused", StringComparison.Ordinal));

        await server.ControlAsync($"exports/{id}", """{"runError":null}""");
        await server.PostJsonAsync($"{Exports}{id}/unpause/");
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Completed, Runs(server, id)[^1].Status);
    }

    [Fact]
    public async Task History_continues_without_a_hole()
    {
        await using var server = await StartAsync(o => o with { History = TimeSpan.FromDays(30) });
        var export = server.State.AddExports(1, "x", new SampleSettings { Interval = "hour", Incident = HistoryIncident.None })[0];
        server.Clock.Advance(TimeSpan.FromHours(30));
        var runs = server.State.RunsOf(export.Id);

        Assert.InRange(runs.Count, (31 * 24) + 5, (31 * 24) + 6);
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.Equal(pair.First.DataIntervalEnd, pair.Second.DataIntervalStart));
    }

    [Fact]
    public async Task Nothing_runs_without_LiveSchedule()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        server.Clock.Advance(TimeSpan.FromDays(3));

        Assert.Empty(Runs(server, id));
    }

    [Fact]
    public async Task Backfill_runs_one_interval_after_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        await server.PostJsonAsync($"{Exports}{id}/backfills/", Backfill("2026-10-01T00:00:00Z", "2026-10-01T04:30:00Z"));
        var seen = new List<string>();
        for (var quarter = 0; quarter <= 4; quarter++)
        {
            var runs = Runs(server, id);
            seen.Add($"{runs.Count(run => run.Status == RunStatus.Completed)} of {runs.Count}");
            server.Clock.Advance(RunDuration / 4);
        }

        Assert.Equal(["0 of 1", "1 of 2", "2 of 3", "3 of 4", "4 of 4"], seen);
        Assert.Equal(FirstEnd.AddDays(-7).AddHours(-9), Runs(server, id).Max(run => run.DataIntervalEnd));
    }

    [Theory]
    [InlineData("2026-03-28", "2026-03-31", 3)]
    [InlineData("2025-10-25", "2025-10-28", 3)]
    public async Task Backfill_of_days_has_a_run_for_each_day(string start, string end, int count)
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        await using var server = await TestServer.StartAsync();
        var id = await server.CreateExportAsync(Export(body =>
        {
            body["interval"] = "day";
            body["timezone"] = "Europe/Berlin";
        }));
        await server.PostJsonAsync($"{Exports}{id}/backfills/", Backfill(start, end));
        server.Clock.Advance(RunDuration);
        var runs = Runs(server, id);

        Assert.Equal(count, runs.Count);
        Assert.All(runs, run => Assert.Equal(TimeSpan.Zero, TimeZoneInfo.ConvertTime(run.DataIntervalStart!.Value, berlin).TimeOfDay));
    }

    [Fact]
    public async Task Backfill_of_less_than_an_interval_completes_without_runs()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        var created = await server.PostJsonAsync(
            $"{Exports}{id}/backfills/", Backfill("2026-10-01T00:00:00Z", "2026-10-01T00:59:00Z"));
        server.Clock.Advance(RunDuration);
        var backfill = await server.GetJsonAsync($"{Exports}{id}/backfills/{created["backfill_id"]}/");

        Assert.Equal(RunStatus.Completed, backfill["status"]!.GetValue<string>());
        Assert.Empty(Runs(server, id));
    }

    [Fact]
    public async Task Backfill_waits_for_a_run_of_the_same_interval()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        var start = FirstEnd.AddDays(-7);
        await server.ControlAsync($"scheduled-runs/{id}", new JsonObject
        {
            ["start"] = WireTime.Format(start),
            ["end"] = WireTime.Format(start.AddHours(1)),
            ["status"] = "Running",
            ["completesAt"] = WireTime.Format(server.Clock.GetUtcNow().AddHours(1)),
        });
        var created = await server.PostJsonAsync(
            $"{Exports}{id}/backfills/", Backfill(WireTime.Format(start), WireTime.Format(start.AddHours(2))));
        server.Clock.Advance(TimeSpan.FromMinutes(59));
        var waiting = Runs(server, id);
        var status = (await server.GetJsonAsync($"{Exports}{id}/backfills/{created["backfill_id"]}/"))["status"]!.GetValue<string>();
        server.Clock.Advance(TimeSpan.FromMinutes(1) + RunDuration);
        var runs = Runs(server, id);

        Assert.Single(waiting);
        Assert.Equal(RunStatus.Running, status);
        Assert.Equal([null, Guid.Parse(created["backfill_id"]!.GetValue<string>())], runs.Select(run => run.BackfillId));
        Assert.All(runs, run => Assert.Equal(RunStatus.Completed, run.Status));
    }

    [Fact]
    public async Task Failing_backfill_pauses_its_export_and_starts_no_more_runs()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        await server.ControlAsync($"exports/{id}", """{"runError":"no room"}""");
        var created = await server.PostJsonAsync($"{Exports}{id}/backfills/", Backfill("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"));
        server.Clock.Advance(RunDuration);
        var export = await server.GetJsonAsync($"{Exports}{id}/");
        var backfill = await server.GetJsonAsync($"{Exports}{id}/backfills/{created["backfill_id"]}/");

        Assert.True(export["paused"]!.GetValue<bool>());
        Assert.Equal(RunStatus.Cancelled, backfill["status"]!.GetValue<string>());
        Assert.Equal(3, Runs(server, id).Count);
    }

    [Fact]
    public async Task Scheduled_run_can_be_added_in_every_detail()
    {
        await using var server = await TestServer.StartAsync();
        var id = await CreateAsync(server);
        var backfill = Guid.NewGuid();
        var added = await server.ControlAsync($"scheduled-runs/{id}", $$"""
            [{"start":"2026-10-01T00:00:00Z","end":"2026-10-02T00:00:00Z","status":"Failed","createdAt":"2026-10-03T00:00:00Z",
              "finishedAt":"2026-10-03T00:05:00Z","records":7,"error":"no room","backfillId":"{{backfill}}"},
             {"end":"2026-10-04T00:00:00Z"}]
            """);
        var run = await server.GetJsonAsync($"{Exports}{id}/runs/{added["ids"]![0]}/");
        var other = await server.GetJsonAsync($"{Exports}{id}/runs/{added["ids"]![1]}/");

        Assert.Equal(
            ("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "Failed"),
            ($"{run["data_interval_start"]}", $"{run["data_interval_end"]}", $"{run["status"]}"));
        Assert.Equal(("2026-10-03T00:00:00Z", "2026-10-03T00:05:00Z"), ($"{run["created_at"]}", $"{run["finished_at"]}"));
        Assert.Equal(("7", "no room", $"{backfill}"), ($"{run["records_completed"]}", $"{run["latest_error"]}", $"{run["backfill"]}"));
        Assert.Equal(("2026-10-03T23:00:00Z", "Completed"), ($"{other["data_interval_start"]}", $"{other["status"]}"));
    }

    private static Task<TestServer> StartAsync(Func<EmulatorOptions, EmulatorOptions>? change = null) => TestServer.StartAsync(options =>
    {
        var live = options with { LiveSchedule = true };
        return change?.Invoke(live) ?? live;
    });

    private static Task<string> CreateAsync(TestServer server) => server.CreateExportAsync();

    private static IReadOnlyList<ScheduledRun> Runs(TestServer server, string id) => server.State.RunsOf(Guid.Parse(id));

    private static DateTimeOffset[] Hours(int count) => [.. Enumerable.Range(0, count).Select(hour => FirstEnd.AddHours(hour))];

    private static string Text(ScheduledRun run) =>
        $"{run.ExportId} {run.DataIntervalStart:O} {run.CreatedAt:O} {run.Status} {run.RecordsCompleted}";
}
