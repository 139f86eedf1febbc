using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The runs that exports have made before the start, and what went wrong.</summary>
public class HistoryTests
{
    private const int Sample = 12;
    private static readonly TimeSpan Quarter = TimeSpan.FromDays(90);

    [Theory]
    [InlineData("hour", 90 * 24)]
    [InlineData("every 15 minutes", 90 * 96)]
    [InlineData("day", 90)]
    [InlineData("week", 12)]
    public async Task Export_without_incidents_has_one_completed_run_for_each_interval(string interval, int count)
    {
        await using var server = await TestServer.StartAsync();
        var export = AddExport(server, interval);
        server.State.AddHistory(export, Quarter);
        var runs = server.State.RunsOf(export.Id);
        var intervals = Intervals(runs);
        var delays = runs.Select(run => run.CreatedAt - run.DataIntervalEnd).Distinct();

        Assert.Equal(count, runs.Count, tolerance: 1.0);
        Assert.All(runs.SkipLast(1), run => Assert.Equal(RunStatus.Completed, run.Status));
        Assert.All(intervals.Zip(intervals.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.InRange(Assert.Single(delays), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(31));
        Assert.Empty(server.State.Backfills);
    }

    [Fact]
    public async Task Records_are_the_events_that_arrived_in_the_interval()
    {
        await using var server = await TestServer.StartAsync();
        var export = AddExport(server, "day", "Europe/Berlin");
        server.Clock.Advance(TimeSpan.FromDays(40));
        server.State.AddHistory(export, Quarter);

        var records = server.State.RunsOf(export.Id)
            .ToLookup(run => run.DataIntervalEnd - run.DataIntervalStart, run => run.RecordsCompleted);

        Assert.Equal([4 * 25], records[TimeSpan.FromHours(25)]);
        Assert.All(records[TimeSpan.FromHours(24)], count => Assert.Equal(4 * 24, count));
    }

    [Fact]
    public async Task Outage_leaves_intervals_without_runs_and_ends_with_a_failure()
    {
        await using var server = await StartAsync(HistoryIncident.Outage);
        var (runs, missing) = (Runs(server), Missing(server));

        Assert.Equal(14, missing.Count);
        Assert.Contains(missing, end => end < Now(server).AddDays(-8));
        Assert.Contains(missing, end => end > Now(server).AddDays(-7));
        Assert.Equal((RunStatus.Failed, RunErrors.UploadExpired), (runs[^1].Status, runs[^1].LatestError));
    }

    [Fact]
    public async Task Repeated_intervals_have_two_completed_runs_and_the_newest_is_running()
    {
        await using var server = await StartAsync(HistoryIncident.Repeated);
        var runs = Runs(server);
        var repeated = runs.GroupBy(run => run.DataIntervalEnd).Where(group => group.Count() > 1).ToArray();

        Assert.Equal(3, repeated.Length);
        Assert.All(repeated.SelectMany(group => group), run => Assert.Equal(RunStatus.Completed, run.Status));
        Assert.Equal(RunStatus.Running, runs[^1].Status);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RunStatus.Completed, Runs(server)[^1].Status);
    }

    [Fact]
    public async Task Paused_export_has_no_runs_since()
    {
        await using var server = await StartAsync(HistoryIncident.PausedByUser);
        var export = Export(server);

        Assert.True(export.Paused);
        Assert.Equal(Now(server).AddDays(-3), export.LastPausedAt);
        Assert.InRange(export.LastPausedAt!.Value - Runs(server)[^1].CreatedAt, TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.DoesNotContain(server.State.LogsOf(export.Id), row => row.Level == "WARNING");
    }

    [Fact]
    public async Task Resumed_export_has_no_runs_for_four_days()
    {
        await using var server = await StartAsync(HistoryIncident.Resumed);
        var (export, missing) = (Export(server), Missing(server));

        Assert.False(export.Paused);
        Assert.Equal(4 * 24, missing.Count);
        Assert.All(missing, end => Assert.InRange(end - export.LastPausedAt!.Value, TimeSpan.FromHours(-1), TimeSpan.FromDays(4)));
    }

    [Fact]
    public async Task Failed_run_was_rerun_with_success()
    {
        await using var server = await StartAsync(HistoryIncident.Rerun);
        var rerun = Runs(server).GroupBy(run => run.DataIntervalEnd).Where(group => group.Count() > 1).ToArray();

        Assert.Equal(2, rerun.Length);
        Assert.All(rerun, group => Assert.Equal([RunStatus.Failed, RunStatus.Completed], group.Select(run => run.Status)));
        Assert.Equal(
            server.State.Backfills.Select(backfill => (Guid?)backfill.Id), rerun.Select(group => group.Last().BackfillId));
    }

    [Fact]
    public async Task Some_runs_started_late()
    {
        await using var server = await StartAsync(HistoryIncident.Rerun);
        var delays = Runs(server)
            .Where(run => run.BackfillId is null)
            .GroupBy(run => run.CreatedAt - run.DataIntervalEnd)
            .OrderBy(group => group.Key)
            .ToArray();

        Assert.Equal(2, delays.Length);
        Assert.Equal((3, TimeSpan.FromMinutes(50)), (delays[1].Count(), delays[1].Key - delays[0].Key));
    }

    [Fact]
    public async Task Backfill_repaired_some_of_the_failed_intervals()
    {
        await using var server = await StartAsync(HistoryIncident.PartlyBackfilled, eventsPerHour: 200);
        var byInterval = Runs(server).GroupBy(run => run.DataIntervalEnd).ToArray();
        var backfill = Assert.Single(server.State.Backfills);
        var repairs = Runs(server).Where(run => run.BackfillId == backfill.Id).ToArray();

        Assert.Equal(11, byInterval.Count(group => group.First().Status == RunStatus.Failed));
        Assert.Equal(5, byInterval.Count(group => group.Last().Status == RunStatus.Failed));
        Assert.Equal(6, repairs.Length);
        Assert.All(repairs.Zip(repairs.Skip(1)), pair => Assert.True(pair.First.FinishedAt < pair.Second.CreatedAt));
        Assert.Equal((RunStatus.Completed, 6), (backfill.StatusAt(Now(server)), backfill.TotalRuns));
        Assert.Equal(repairs.Sum(run => run.RecordsCompleted), backfill.TotalRecords);
        Assert.NotEqual(6 * 200, backfill.TotalRecords);
    }

    [Fact]
    public async Task Rerun_of_a_completed_interval_was_cancelled()
    {
        await using var server = await StartAsync(HistoryIncident.CancelledRerun);
        var runs = Runs(server);
        var rerun = runs.GroupBy(run => run.DataIntervalEnd).Where(group => group.Count() > 1).ToArray();

        Assert.Equal(2, rerun.Length);
        Assert.All(rerun, group => Assert.Equal([RunStatus.Completed, RunStatus.Cancelled], group.Select(run => run.Status)));
        Assert.Equal(3, runs.Count(run => run.RecordsCompleted == 0));
        Assert.All(server.State.Backfills, backfill => Assert.Equal(RunStatus.Cancelled, backfill.StatusAt(Now(server))));
    }

    [Fact]
    public async Task Service_paused_the_export_after_its_third_failure()
    {
        await using var server = await StartAsync(HistoryIncident.PausedByService);
        var (export, runs) = (Export(server), Runs(server));
        var warning = Assert.Single(
            server.State.LogsOf(export.Id),
            row => row.Message.StartsWith("Batch export was automatically paused", StringComparison.Ordinal));

        Assert.True(export.Paused);
        Assert.All(runs.SkipLast(3), run => Assert.Equal(RunStatus.Completed, run.Status));
        Assert.All(runs.TakeLast(3), run => Assert.Equal(RunStatus.Failed, run.Status));
        Assert.Equal(export.LastPausedAt, runs[^1].FinishedAt);
        Assert.Equal((export.LastPausedAt, "WARNING"), (warning.Timestamp, warning.Level));
    }

    [Fact]
    public async Task Ended_export_has_no_runs_after_its_end()
    {
        await using var server = await StartAsync(HistoryIncident.Ended);

        Assert.True(Export(server).EndAt < Now(server).AddDays(-8));
        Assert.Equal(Export(server).EndAt, Runs(server)[^1].DataIntervalEnd);
    }

    [Fact]
    public async Task Export_that_never_ran_has_no_runs()
    {
        await using var server = await StartAsync(HistoryIncident.NeverRan);

        Assert.False(Export(server).Paused);
        Assert.Empty(Runs(server));
    }

    [Theory]
    [InlineData("hour", "day", "hour")]
    [InlineData("day", "day", "hour")]
    [InlineData("week", "week", "day")]
    [InlineData("every 5 minutes", "hour", "every 5 minutes")]
    public async Task Older_runs_have_the_previous_interval(string interval, string previous, string current)
    {
        await using var server = await StartAsync(HistoryIncident.IntervalChanged, interval);
        var lengths = Runs(server).Select(run => run.DataIntervalEnd - run.DataIntervalStart!.Value).ToArray();
        var change = Array.LastIndexOf(lengths, State.Intervals.LengthOf(previous)) + 1;

        Assert.Equal(current, Export(server).Interval);
        Assert.InRange(change, 1, lengths.Length - 1);
        Assert.All(lengths[..change], length => Assert.Equal(State.Intervals.LengthOf(previous), length));
        Assert.All(lengths[change..], length => Assert.Equal(State.Intervals.LengthOf(current), length));
    }

    [Fact]
    public async Task Runs_ended_in_every_other_way()
    {
        await using var server = await StartAsync(HistoryIncident.OtherStatuses);
        var statuses = Runs(server).GroupBy(run => run.Status).ToDictionary(group => group.Key, group => group.Count());

        string[] expected =
        [
            RunStatus.FailedBilling, RunStatus.TimedOut, RunStatus.Terminated, RunStatus.FailedRetryable, RunStatus.Cancelled,
            RunStatus.Failed,
        ];
        Assert.All(expected, status => Assert.Equal(1, statuses[status]));
        Assert.Equal(4, Missing(server).Count);
    }

    [Fact]
    public async Task Twelve_sample_exports_have_one_incident_each()
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = Sample, History = Quarter });
        var exports = Exported(server);
        var changed = exports.Single(export => export.Name == "prod-persons-bigquery-11");

        Assert.Equal(Sample, exports.Length);
        Assert.Equal(
            ["events-databricks", "prod-persons-bigquery"],
            exports.Where(export => export.Paused).Select(export => export.Name).Order(StringComparer.Ordinal));
        Assert.Single(exports, export => export.EndAt is not null);
        Assert.Single(exports, export => server.State.RunsOf(export.Id).Count == 0);
        var lengths = server.State.RunsOf(changed.Id).Select(run => run.DataIntervalEnd - run.DataIntervalStart).ToArray();
        Assert.Contains(TimeSpan.FromHours(1), lengths);
        Assert.Contains(TimeSpan.FromDays(1), lengths);
    }

    [Fact]
    public async Task Seed_decides_the_history()
    {
        var histories = new List<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            await using var server = await TestServer.StartAsync(o => o with { Exports = Sample, History = Quarter, Seed = seed });
            var runs = Exported(server).SelectMany(export => server.State.RunsOf(export.Id));
            histories.Add(string.Join('\n', runs.Select(run => $"{run.Id} {run.CreatedAt:O} {run.Status} {run.RecordsCompleted}")));
        }

        Assert.Equal(histories[0], histories[1]);
        Assert.NotEqual(histories[0], histories[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Short_history_is_possible_with_every_incident_and_interval(double days)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var incident in Enum.GetValues<HistoryIncident>())
        {
            foreach (var interval in State.Intervals.All)
            {
                var export = AddExport(server, interval);
                server.State.AddHistory(export, TimeSpan.FromDays(days), incident);
                Assert.All(server.State.RunsOf(export.Id), run => Assert.InRange(run.CreatedAt, Now(server).AddDays(-days), Now(server)));
            }
        }
    }

    [Fact]
    public async Task Control_channel_adds_exports_with_a_history()
    {
        await using var server = await TestServer.StartAsync();
        var added = await server.ControlAsync(
            "exports", """{"count":3,"interval":"every 5 minutes","historyDays":2,"incident":"outage"}""");
        var ids = added["ids"]!.AsArray().Select(id => Guid.Parse(id!.GetValue<string>())).ToArray();

        Assert.Equal(3, ids.Length);
        Assert.All(ids, id => Assert.Equal((2 * 288) - 14, server.State.RunsOf(id).Count, tolerance: 1.0));
    }

    private static async Task<TestServer> StartAsync(HistoryIncident incident, string interval = "hour", int eventsPerHour = 4)
    {
        var server = await TestServer.StartAsync(o => o with { EventsPerHour = eventsPerHour });
        server.State.AddHistory(AddExport(server, interval), Quarter, incident);
        return server;
    }

    private static StoredExport AddExport(TestServer server, string interval, string timeZone = "UTC")
    {
        var export = new StoredExport
        {
            Id = Guid.NewGuid(),
            ProjectId = server.Host.Options.ProjectId,
            Name = "export",
            DestinationType = "HTTP",
            Config = [],
            Interval = interval,
            TimeZone = timeZone,
            CreatedAt = Now(server) - Quarter,
            LastUpdatedAt = Now(server) - Quarter,
        };
        server.State.AddExport(export);
        return export;
    }

    private static StoredExport[] Exported(TestServer server) =>
        [.. server.State.Exports.Where(export => export.ProjectId == server.Host.Options.ProjectId)];

    private static StoredExport Export(TestServer server) => Exported(server).Single();

    private static IReadOnlyList<ScheduledRun> Runs(TestServer server) => server.State.RunsOf(Export(server).Id);

    private static DateTimeOffset Now(TestServer server) => server.Clock.GetUtcNow();

    private static (DateTimeOffset Start, DateTimeOffset End)[] Intervals(IEnumerable<ScheduledRun> runs) =>
        [.. runs.Select(run => (run.DataIntervalStart!.Value, run.DataIntervalEnd))];

    /// <summary>The ends of the hours, between the first and the last run, that no run exported.</summary>
    private static List<DateTimeOffset> Missing(TestServer server)
    {
        var ends = Runs(server).Select(run => run.DataIntervalEnd).ToHashSet();
        var missing = new List<DateTimeOffset>();
        for (var end = ends.Min(); end < ends.Max(); end = end.AddHours(1))
        {
            if (!ends.Contains(end))
                missing.Add(end);
        }

        return missing;
    }
}
