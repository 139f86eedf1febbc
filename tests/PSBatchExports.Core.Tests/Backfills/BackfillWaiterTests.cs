using PSBatchExports.Core.Tests.WholeService;
using PSBatchExports.Emulator;
using PSBatchExports.Waiting;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class BackfillWaiterTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.25);

    [Fact]
    public async Task A_backfill_that_is_not_visible_at_first_is_waited_for()
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var backfill = await StartAsync(service, export, day: 1);

        var outcome = Assert.Single(await service.AdvanceUntilAsync(Wait(service, [backfill]), Step));

        Assert.True(outcome is { IsTimedOut: false, Failure: null, NotCompleted.Count: 0 });
        Assert.Equal(
            (backfill.BackfillId, "Completed", 24),
            (outcome.Backfill!.BackfillId, outcome.Backfill.Status, outcome.Backfill.Progress!.TotalRuns));
    }

    [Fact]
    public async Task A_retried_run_is_waited_for_by_its_new_backfill_and_not_by_an_earlier_one_of_the_same_interval()
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var run = service.AddScheduledRun(export, TimeSpan.FromDays(2), "Failed");
        var first = await service.Client.In(service.Project).Runs.RestartAsync(export.Id.ToString(), run.Id.ToString());
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var second = await service.Client.In(service.Project).Runs.RestartAsync(export.Id.ToString(), run.Id.ToString());
        Assert.Equal(first, second);

        var wait = Wait(service, [new(service.Project, export.Id.ToString(), second)]);
        var outcome = Assert.Single(await service.AdvanceUntilAsync(wait, Step));

        var expected = service.Emulator.State.Backfills[1];
        Assert.Equal((expected.Id.ToString(), "Completed"), (outcome.Backfill!.BackfillId, outcome.Backfill.Status));
        Assert.True(service.Clock.GetUtcNow() - expected.CreatedAt >= TimeSpan.FromSeconds(100));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(12, false)]
    [InlineData(1, true)]
    public async Task Failed_runs_of_a_completed_backfill_are_reported(int backfills, bool isOlderServer)
    {
        await using var service = await StartServiceAsync(isOlderServer);
        var export = service.AddExport();
        var started = new List<BackfillReference>();
        for (var day = 1; day <= backfills; day++)
            started.Add(await StartAsync(service, export, day));

        service.Clock.Advance(TimeSpan.FromSeconds(20));
        var first = service.Emulator.State.Backfills[0];
        var runs = service.Emulator.State.RunsOf(export.Id)
            .Where(run => run.BackfillId == first.Id)
            .OrderBy(run => run.DataIntervalStart)
            .ToArray();
        service.Emulator.State.Force(runs[3], "Failed", "disk full");
        service.Emulator.State.Force(runs[4], "Cancelled");
        service.AddScheduledRun(export, TimeSpan.Zero, "Failed");

        var outcomes = await service.AdvanceUntilAsync(Wait(service, started), Step);

        var outcome = Assert.Single(outcomes, outcome => outcome.NotCompleted.Count > 0);
        Assert.Equal(first.Id.ToString(), outcome.Backfill!.BackfillId);
        Assert.Equal(
            new[] { runs[3], runs[4] }.Select(run => run.Id.ToString()).Order(),
            outcome.NotCompleted.Select(run => run.RunId!).Order());
        Assert.All(outcomes, other => Assert.Equal(("Completed", false), (other.Backfill!.Status, other.IsTimedOut)));
        Assert.Equal(backfills, outcomes.Count);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Cancelled")]
    [InlineData("SomethingNew")]
    public async Task A_backfill_that_does_not_complete_is_reported_without_reading_its_runs(string status)
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var backfill = await StartAsync(service, export, day: 1);
        service.Clock.Advance(TimeSpan.FromSeconds(20));
        service.Emulator.State.Backfills[0].Force(status, service.Clock.GetUtcNow());
        var before = service.Requests.Count;

        var outcome = Assert.Single(await service.AdvanceUntilAsync(Wait(service, [backfill]), Step));

        Assert.Equal(status, outcome.Backfill!.Status);
        Assert.Equal(1, service.Requests.Count - before);
    }

    [Fact]
    public async Task Many_backfills_of_an_export_are_polled_by_its_list_within_the_pace()
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var started = new List<BackfillReference>();
        for (var day = 1; day <= 60; day++)
            started.Add(await StartAsync(service, export, day));

        var before = service.Observer.Sent.Count;
        var outcomes = await service.AdvanceUntilAsync(Wait(service, started, timeout: TimeSpan.FromSeconds(110)), Step);

        Assert.All(outcomes, outcome => Assert.True(outcome is { IsTimedOut: false, Backfill.Status: "Completed" }));
        Assert.Equal(60, outcomes.Count);
        var sent = service.Observer.Sent.Skip(before).Select(request => request.At).ToArray();
        Assert.All(sent.Zip(sent.Skip(RequestPace.MaxPerSecond)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        Assert.InRange(sent.Length, 60, 100);
    }

    [Fact]
    public async Task A_backfill_still_running_at_the_timeout_is_reported_as_last_seen()
    {
        await using var service = await StartServiceAsync();
        var backfill = await StartAsync(service, service.AddExport(), day: 1);

        var outcome = Assert.Single(await service.AdvanceUntilAsync(Wait(service, [backfill], timeout: TimeSpan.FromSeconds(30)), Step));

        Assert.True(outcome is { IsTimedOut: true, AreRunsUnknown: false, Backfill.Status: "Running" });
        Assert.InRange((outcome.LookedAt - service.Clock.Start)!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
    }

    [Fact]
    public async Task A_missing_backfill_fails_without_the_others()
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var good = await StartAsync(service, export, day: 1);
        var unknown = new BackfillReference(service.Project, export.Id.ToString(), Guid.NewGuid().ToString());
        var bad = new BackfillReference(service.Project, export.Id.ToString(), "no/id");

        var outcomes = await service.AdvanceUntilAsync(Wait(service, [unknown, bad, good]), Step);

        Assert.IsType<NotFoundException>(Assert.Single(outcomes, outcome => outcome.Reference == unknown).Failure);
        Assert.IsType<InvalidIdException>(Assert.Single(outcomes, outcome => outcome.Reference == bad).Failure);
        Assert.Equal("Completed", Assert.Single(outcomes, outcome => outcome.Reference == good).Backfill!.Status);
    }

    [Fact]
    public async Task A_server_that_does_not_know_a_status_is_asked_for_all_runs()
    {
        await using var service = await StartServiceAsync();
        var export = service.AddExport();
        var backfill = await StartAsync(service, export, day: 1);
        service.Emulator.State.Force(service.Emulator.State.RunsOf(export.Id)[0], "Failed");
        service.Break(new Fault
        {
            PathPattern = "/runs/$",
            Status = 400,
            Body = """
                {
                    "type": "validation_error",
                    "code": "invalid_choice",
                    "detail": "\"FailedBilling\" is not a valid choice.",
                    "attr": "status__2"
                }
                """,
        });

        var outcome = Assert.Single(await service.AdvanceUntilAsync(Wait(service, [backfill]), Step));

        Assert.Single(outcome.NotCompleted);
    }

    private static Task<TestService> StartServiceAsync(bool isOlderServer = false) =>
        TestService.StartAsync(options => options with
        {
            RunDuration = TimeSpan.FromSeconds(100),
            ConcurrentBackfillLimit = 100,
            OlderServer = isOlderServer,
        });

    private static async Task<BackfillReference> StartAsync(TestService service, StoredExport export, int day)
    {
        var start = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day);
        var backfills = service.Client.In(service.Project).Backfills;
        return new(service.Project, export.Id.ToString(), await backfills.StartAsync(export.Id.ToString(), start, start.AddDays(1)));
    }

    private static async Task<List<BackfillWaitOutcome>> Wait(
        TestService service,
        IReadOnlyList<BackfillReference> backfills,
        TimeSpan? timeout = null)
    {
        var outcomes = new List<BackfillWaitOutcome>();
        await foreach (var outcome in new BackfillWaiter(service.Client, service.Clock).WaitAsync(backfills, timeout))
            outcomes.Add(outcome);

        return outcomes;
    }
}
