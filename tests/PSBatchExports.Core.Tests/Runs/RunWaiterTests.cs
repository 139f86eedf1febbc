using PSBatchExports.Emulator;
using PSBatchExports.Waiting;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class RunWaiterTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.25);

    [Fact]
    public async Task Each_run_is_returned_as_it_ends()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 3).Select(_ => service.AddRun()).ToArray();
        await using var outcomes = Wait(service, [.. runs.Select(run => OnDemand(service, run))], interval: Interval).GetAsyncEnumerator();

        foreach (var (run, status) in new[] { (runs[2], "Completed"), (runs[0], "Failed"), (runs[1], "Cancelled") })
        {
            var next = outcomes.MoveNextAsync().AsTask();
            run.Force(status);

            Assert.True(await service.AdvanceUntilAsync(next, Step).WithTimeout());
            Assert.Equal((run.Id.ToString(), status), (outcomes.Current.Run!.RunId, outcomes.Current.Run.Status));
        }

        Assert.False(await outcomes.MoveNextAsync());
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("FailedRetryable")]
    [InlineData("FailedBilling")]
    [InlineData("Cancelled")]
    [InlineData("Terminated")]
    [InlineData("TimedOut")]
    [InlineData("ContinuedAsNew")]
    [InlineData("SomethingNew")]
    public async Task Every_status_except_the_active_ones_ends_the_wait(string status)
    {
        await using var service = await TestService.StartAsync();

        var outcome = Assert.Single(await Wait(service, [OnDemand(service, service.AddRun(status))]).ToListAsync());

        Assert.Equal(status, outcome.Run!.Status);
        Assert.False(outcome.IsTimedOut);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task An_outage_is_waited_out_once_the_run_was_seen()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        var work = Wait(service, [OnDemand(service, run)], interval: Interval).ToListAsync();
        await LooksAsync(service, 1);

        service.Emulator.Faults.Add(new Fault { Status = 502, Body = "<html>", ContentType = "text/html", Times = 12 });
        Assert.True(await service.AdvanceUntilAsync(OutageIsOverAsync(), Interval).WithTimeout());
        run.Force("Completed");

        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, Interval).WithTimeout());
        Assert.Equal("Completed", outcome.Run!.Status);

        async Task<bool> OutageIsOverAsync()
        {
            await BoundedWait.Until(() => service.Requests.Count > 12);
            return true;
        }
    }

    [Fact]
    public async Task Scheduled_runs_are_waited_for_whatever_their_age()
    {
        await using var service = await TestService.StartAsync();
        var run = AddScheduled(service, service.AddExport().Id, "Completed", TimeSpan.FromDays(90));

        var reference = new RunReference(service.Project, run.Id.ToString(), run.ExportId.ToString());
        var outcome = Assert.Single(await Wait(service, [reference]).ToListAsync());

        Assert.Null(outcome.Failure);
        Assert.Equal(
            (run.Id.ToString(), run.ExportId.ToString(), 12345),
            (outcome.Run!.RunId, outcome.Run.BatchExportId, outcome.Run.ProjectId));
    }

    [Fact]
    public async Task Runs_still_running_at_the_timeout_are_reported_as_last_seen()
    {
        await using var service = await TestService.StartAsync();
        var ended = service.AddRun("Completed");
        var active = service.AddRun();

        var work = Wait(service, [OnDemand(service, active), OnDemand(service, ended)], TimeSpan.FromMinutes(1), Interval).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Step).WithTimeout();

        Assert.Equal([false, true], outcomes.Select(outcome => outcome.IsTimedOut));
        Assert.Equal((active.Id.ToString(), "Running"), (outcomes[1].Run!.RunId, outcomes[1].Run!.Status));
        Assert.InRange(
            (outcomes[1].LookedAt - service.Clock.Start)!.Value,
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_run_that_ends_between_the_last_poll_and_the_timeout_is_reported_as_ended()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();

        var work = Wait(service, [OnDemand(service, run)], TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15)).ToListAsync();
        await BoundedWait.Until(() => service.Clock.TimersOf(TimeSpan.FromSeconds(15)) >= 1);
        service.Clock.Advance(TimeSpan.FromSeconds(15));
        await BoundedWait.Until(() => service.Clock.TimersOf(Interval) >= 1);
        run.Force("Failed");
        service.Clock.Advance(Interval);

        Assert.Equal("Failed", Assert.Single(await work).Run!.Status);
        Assert.Equal([0, 15, 20], service.Requests.Select(request => (request.At - service.Clock.Start).TotalSeconds));
    }

    [Fact]
    public async Task A_service_that_never_answers_extends_the_wait_by_a_last_answer_at_most()
    {
        await using var service = await TestService.StartAsync();
        service.Break(new Fault { StallHeaders = true });

        var work = Wait(service, [OnDemand(service, service.AddRun())], TimeSpan.FromMinutes(1)).ToListAsync();
        await BoundedWait.Until(() => service.Requests.Count >= 1);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(work.IsCompleted);
        service.Clock.Advance(WaitDeadline.LastAnswer);

        var outcome = Assert.Single(await work);
        Assert.True(outcome.IsTimedOut);
        Assert.Null(outcome.Run);
        Assert.Null(outcome.LookedAt);
    }

    [Fact]
    public async Task A_run_that_cannot_be_polled_fails_without_the_others()
    {
        await using var service = await TestService.StartAsync();
        var good = service.AddRun("Completed");

        var unknown = new RunReference(service.Project, Guid.NewGuid().ToString());
        var invalid = new RunReference(service.Project, "no/id");
        var work = Wait(service, [unknown, invalid, OnDemand(service, good)]).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Interval).WithTimeout();

        Assert.Equal(3, outcomes.Count);
        Assert.Single(outcomes, outcome => outcome.Failure is NotFoundException);
        Assert.Single(outcomes, outcome => outcome.Failure is InvalidIdException);
        Assert.Single(outcomes, outcome => outcome.Run?.RunId == good.Id.ToString());
    }

    [Fact]
    public async Task Runs_are_polled_at_the_given_interval()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        using var stop = new CancellationTokenSource();

        var work = Wait(service, [OnDemand(service, run)], interval: Interval, cancellationToken: stop.Token).ToListAsync();
        foreach (var looks in new[] { 1, 2, 3 })
        {
            await LooksAsync(service, looks);
            service.Clock.Advance(Interval - TimeSpan.FromMilliseconds(1));
            Assert.Equal(looks, service.Requests.Count);
            service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await LooksAsync(service, 4);
        Assert.Equal([0, 5, 10, 15], service.Requests.Select(request => (request.At - service.Clock.Start).TotalSeconds));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    [Fact]
    public async Task Without_an_interval_polls_slow_down_to_15_seconds()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();

        var work = Wait(service, [OnDemand(service, run)]).ToListAsync();
        int[] milliseconds = [1000, 1500, 2250, 3375, 5062, 7593, 11390, 15000, 15000];
        var pauses = milliseconds.Select(pause => TimeSpan.FromMilliseconds(pause)).ToArray();
        foreach (var (pause, index) in pauses.Select((pause, index) => (pause, index)))
        {
            await BoundedWait.Until(() => service.Clock.TimersOf(pause) > pauses[..index].Count(earlier => earlier == pause));
            service.Clock.Advance(pause);
        }

        run.Force("Completed");
        Assert.Single(await service.AdvanceUntilAsync(work, Interval).WithTimeout());
    }

    [Theory]
    [InlineData(60, 14)]
    [InlineData(200, 20)]
    public async Task Many_runs_that_ended_in_time_are_reported_within_the_pace(int count, int seconds)
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, count).Select(_ => service.AddRun()).ToArray();
        var limit = TimeSpan.FromSeconds(seconds);

        var work = Collect(Wait(service, [.. runs.Select(run => OnDemand(service, run))], limit));
        await service.AdvanceUntilAsync(Until(service, TimeSpan.FromSeconds(5)), Step);
        foreach (var run in runs)
            run.Force("Completed");

        var outcomes = await service.AdvanceUntilAsync(work, Step);

        Assert.All(
            outcomes,
            outcome => Assert.True(outcome is { IsTimedOut: false, Failure: null, Run: { Status: "Completed", Files.Count: 1 } }));
        Assert.Equal(runs.Select(run => run.Id.ToString()).Order(), outcomes.Select(outcome => outcome.Run!.RunId!).Order());
        var sent = service.Observer.Sent.Select(request => request.At).ToArray();
        Assert.All(sent.Zip(sent.Skip(RequestPace.MaxPerSecond)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        Assert.True(sent[^1] - service.Clock.Start <= limit + RunWaiter.GracePeriod(count));
        Assert.InRange(sent.Length, count, (2 * count) + 15);
    }

    [Fact]
    public async Task Runs_of_an_export_are_polled_by_its_list_regardless_of_their_age()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport().Id;
        var runs = Enumerable.Range(0, 150).Select(index => AddScheduled(service, export, "Running", TimeSpan.FromHours(index))).ToArray();

        var references = runs.Select(run => new RunReference(service.Project, run.Id.ToString(), export.ToString()));
        var work = Wait(service, [.. references], interval: Interval).ToListAsync();
        await service.AdvanceUntilAsync(Until(service, TimeSpan.FromSeconds(1)), Step);
        foreach (var run in runs)
            run.Status = "Completed";

        var outcomes = await service.AdvanceUntilAsync(work, Step);

        Assert.All(outcomes, outcome => Assert.Equal(
            ("Completed", export.ToString(), 12345),
            (outcome.Run!.Status, outcome.Run.BatchExportId, outcome.Run.ProjectId)));
        Assert.Equal(runs.Length, outcomes.Count);
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task Runs_that_the_list_does_not_show_are_polled_individually()
    {
        await using var service = await TestService.StartAsync();
        var old = service.AddRun("Failed");
        service.Clock.Advance(Interval);
        for (var count = 0; count < 220; count++)
            service.AddRun("Completed");

        service.Clock.Advance(Interval);
        var runs = Enumerable.Range(0, 5).Select(_ => service.AddRun("Cancelled")).Append(old).ToArray();
        var unknown = new RunReference(service.Project, Guid.NewGuid().ToString());

        var work = Wait(service, [.. runs.Select(run => OnDemand(service, run)), unknown]).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Step);

        Assert.Equal(
            ["Cancelled", "Cancelled", "Cancelled", "Cancelled", "Cancelled", "Failed"],
            outcomes.Select(outcome => outcome.Run?.Status).OfType<string>().Order());
        Assert.IsType<NotFoundException>(Assert.Single(outcomes, outcome => outcome.Run is null).Failure);
        Assert.Equal(2 + 7, service.Requests.Count);
    }

    [Fact]
    public async Task An_outage_of_a_list_is_waited_out_with_one_warning_per_poll()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 6).Select(_ => service.AddRun()).ToArray();
        var work = Wait(service, [.. runs.Select(run => OnDemand(service, run))], interval: Interval).ToListAsync();
        await LooksAsync(service, 1);

        service.Break(new Fault { Status = 502, Body = "<html>", ContentType = "text/html", Times = 2 });
        Assert.True(await service.AdvanceUntilAsync(OutageIsOverAsync(), Interval).WithTimeout());
        foreach (var run in runs)
            run.Force("Failed");

        Assert.All(await service.AdvanceUntilAsync(work, Step).WithTimeout(), outcome => Assert.Equal("Failed", outcome.Run!.Status));
        Assert.Equal(
            2,
            service.Observer.Warnings.Count(warning => warning.EndsWith("Still waiting for 6 runs.", StringComparison.Ordinal)));

        async Task<bool> OutageIsOverAsync()
        {
            await BoundedWait.Until(() => service.Requests.Count > 3);
            return true;
        }
    }

    [Fact]
    public async Task Each_run_reports_why_its_list_cannot_be_read()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 5).Select(_ => new RunReference(service.Project, Guid.NewGuid().ToString(), "no/id")).ToArray();

        var outcomes = await service.AdvanceUntilAsync(Wait(service, runs).ToListAsync(), Step);

        Assert.All(outcomes, outcome => Assert.IsType<InvalidIdException>(outcome.Failure));
        Assert.Equal(5, outcomes.Count);
    }

    [Fact]
    public async Task Each_poll_is_reported()
    {
        await using var service = await TestService.StartAsync();
        var seen = new List<string?>();

        var run = OnDemand(service, service.AddRun("Completed"));
        var work = Wait(service, [run], onSeen: polled => seen.Add(polled.Status)).ToListAsync();
        await service.AdvanceUntilAsync(work, Interval).WithTimeout();

        Assert.Equal(["Completed", "Completed"], seen);
    }

    [Fact]
    public async Task Leaving_early_leaves_nothing_running()
    {
        await using var service = await TestService.StartAsync();
        var ended = service.AddRun("Failed");
        service.Break(new Fault { StallHeaders = true, Times = 2, Method = "GET", PathPattern = "(?<!" + ended.Id + "/)$" });
        var others = new[] { service.AddRun(), service.AddRun() };

        var sent = service.Clock.AdvanceUntilAsync(ThreeSentAsync(), Step);
        await foreach (var outcome in Wait(service, [.. others.Append(ended).Select(run => OnDemand(service, run))]))
        {
            Assert.Equal(ended.Id.ToString(), outcome.Run!.RunId);
            break;
        }

        await BoundedWait.Until(() => service.Emulator.OpenApiConnections <= 1);
        service.Clock.Advance(TimeSpan.FromMinutes(5));
        await service.Client.In(service.Project).Exports.ListAsync().ToListAsync();
        Assert.Equal(4, service.Requests.Count);
        Assert.True(await sent);

        async Task<bool> ThreeSentAsync()
        {
            await BoundedWait.Until(() => service.Requests.Count >= 3);
            return true;
        }
    }

    [Theory]
    [InlineData(-7200, -3600, 10)]
    [InlineData(-3600, -55, 10)]
    [InlineData(-3600, -20, 40)]
    [InlineData(-3600, 0, 60)]
    [InlineData(-300, 0, 30)]
    [InlineData(null, null, 10)]
    public async Task A_run_that_was_just_started_is_first_polled_at_its_earliest_end(int? start, int? end, int seconds)
    {
        await using var service = await TestService.StartAsync();
        var run = await StartAsync(service, start, end);

        await service.AdvanceUntilAsync(Wait(service, [run]).ToListAsync(), TimeSpan.FromSeconds(1)).WithTimeout();

        Assert.InRange((Looks(service)[0] - service.Clock.Start).TotalSeconds, seconds, seconds + 1);
    }

    [Fact]
    public async Task A_clock_that_is_years_off_delays_the_first_poll_by_a_minute_at_most()
    {
        await using var service = await TestService.StartAsync();
        service.Answer("""{"id":"r"}""", 202);
        await service.Client.In(service.Project).OnDemandRuns.StartAsync(Calls.NewRun(DateTimeOffset.MaxValue));

        await service.AdvanceUntilAsync(Wait(service, [new(service.Project, "r")]).ToListAsync(), TimeSpan.FromSeconds(1)).WithTimeout();

        Assert.InRange((Looks(service)[0] - service.Clock.Start).TotalSeconds, 60, 61);
    }

    [Fact]
    public async Task The_first_poll_is_immediate_with_an_interval_or_for_an_older_run_and_never_after_the_timeout()
    {
        await using var service = await TestService.StartAsync();
        var run = await StartAsync(service, -3600, 0);
        service.Emulator.State.OnDemandRuns[0].Force("Failed");

        await Wait(service, [run], interval: Interval).ToListAsync();
        await service.AdvanceUntilAsync(Wait(service, [run], timeout: TimeSpan.FromSeconds(20)).ToListAsync(), Step);
        Assert.Equal([0, 20], Looks(service).Select(at => (at - service.Clock.Start).TotalSeconds));

        service.Clock.Advance(TimeSpan.FromSeconds(60));
        await Wait(service, [run]).ToListAsync();
        Assert.Equal(3, Looks(service).Length);
    }

    [Fact]
    public async Task A_run_that_completes_at_the_timeout_is_reported_with_its_files()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");

        var work = Wait(service, [OnDemand(service, run)], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, Step).WithTimeout());

        Assert.True(outcome is { IsTimedOut: false, Run: { Status: "Completed", Files.Count: 1 } });
    }

    [Fact]
    public async Task A_run_whose_list_still_grows_after_the_grace_period_is_reported_with_an_open_list()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        foreach (var count in Enumerable.Range(1, 9))
        {
            var files = string.Join(',', Enumerable.Range(0, count).Select(file => $"\"f{file}\""));
            service.Answer($$"""{"status":"Completed","files":[{{files}}],"records_completed":2}""");
        }

        var work = Wait(service, [OnDemand(service, run)], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, Step).WithTimeout());

        Assert.True(outcome is { IsTimedOut: true, IsListOpen: true, Run.Status: "Completed" });
        Assert.InRange((service.Requests[^1].At - service.Clock.Start).TotalSeconds, 5, 15);
    }

    [Fact]
    public async Task A_run_that_only_the_list_shows_as_completed_is_waited_for_beyond_the_timeout()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 5).Select(_ => service.AddRun("Completed")).ToArray();
        service.Break(new Fault { Status = 200, Body = """{"status":"Running"}""", Times = 100, PathPattern = $"{runs[2].Id}/$" });

        var references = runs.Select(run => OnDemand(service, run));
        var work = Wait(service, [.. references], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Step);

        Assert.Equal(4, outcomes.Count(outcome => outcome is { IsTimedOut: false, Run.Status: "Completed" }));
        var open = Assert.Single(outcomes, outcome => outcome.IsTimedOut);
        Assert.True(open.IsListOpen);
        Assert.Equal(runs[2].Id.ToString(), open.Reference.RunId);
    }

    [Fact]
    public async Task The_files_of_a_run_are_reported_once_their_list_has_settled()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        foreach (var files in new[] { "\"a\"", "\"a\",\"b\"", "\"a\",\"b\"" })
            service.Answer($$"""{"status":"Completed","files":[{{files}}],"records_completed":2}""");

        var work = Wait(service, [OnDemand(service, run)]).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, TimeSpan.FromSeconds(1)).WithTimeout());

        Assert.Equal(["a", "b"], outcome.Run!.Files);
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task A_scheduled_run_has_no_files_to_wait_for()
    {
        await using var service = await TestService.StartAsync();
        service.Answer("""{"id":"r","status":"Completed","files":["a"]}""");

        var outcome = Assert.Single(await Wait(service, [new(service.Project, "r", "e")]).ToListAsync());

        Assert.Equal("Completed", outcome.Run!.Status);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Waiting_for_nothing_sends_nothing()
    {
        await using var service = await TestService.StartAsync();

        Assert.Empty(await Wait(service, []).ToListAsync());
        Assert.Empty(service.Requests);
    }

    private static ScheduledRun AddScheduled(TestService service, Guid export, string status, TimeSpan age)
    {
        var at = service.Clock.Start - age;
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = export,
            DataIntervalEnd = at,
            Status = status,
            CreatedAt = at,
            LastUpdatedAt = at,
        };
        service.Emulator.State.AddRun(run);
        return run;
    }

    private static async Task<bool> Until(TestService service, TimeSpan elapsed)
    {
        await BoundedWait.Until(() => service.Clock.GetUtcNow() - service.Clock.Start >= elapsed);
        return true;
    }

    // Without a bound in real time: many runs take many steps of the clock.
    private static async Task<List<WaitOutcome>> Collect(IAsyncEnumerable<WaitOutcome> source)
    {
        var outcomes = new List<WaitOutcome>();
        await foreach (var outcome in source)
            outcomes.Add(outcome);

        return outcomes;
    }

    private static async Task<RunReference> StartAsync(TestService service, int? start, int? end)
    {
        var now = service.Clock.GetUtcNow();
        var run = await service.Client.In(service.Project).OnDemandRuns.StartAsync(new OnDemandRunRequest
        {
            Model = end is null ? "hogql" : "events",
            HogQLQuery = end is null ? "SELECT event FROM events" : null,
            DataIntervalStart = start is { } from ? now.AddSeconds(from) : null,
            DataIntervalEnd = end is { } until ? now.AddSeconds(until) : null,
        });
        return new RunReference(service.Project, run.RunId!);
    }

    private static DateTimeOffset[] Looks(TestService service) =>
        [.. service.Requests.Where(request => request.Method == "GET").Select(request => request.At)];

    private static RunReference OnDemand(TestService service, OnDemandRun run) => new(service.Project, run.Id.ToString());

    private static IAsyncEnumerable<WaitOutcome> Wait(
        TestService service,
        IReadOnlyList<RunReference> runs,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportRun>? onSeen = null,
        CancellationToken cancellationToken = default) =>
        new RunWaiter(service.Client, service.Clock).WaitAsync(runs, timeout, interval, onSeen, cancellationToken);

    private static Task LooksAsync(TestService service, int count) => BoundedWait.Until(() => service.Clock.TimersOf(Interval) >= count);
}
