using PSBatchExports.Emulator;
using PSBatchExports.Waiting;
using Xunit;
using static PSBatchExports.Core.Tests.RunWaits;

namespace PSBatchExports.Core.Tests;

public class RunWaiterTests
{
    [Fact]
    public async Task Each_run_is_returned_as_it_ends()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 3).Select(_ => service.AddRun()).ToArray();
        await using var outcomes = Wait(service, [.. runs.Select(run => Reference(service, run))], interval: Interval).GetAsyncEnumerator();

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

        var outcome = Assert.Single(await Wait(service, [Reference(service, service.AddRun(status))]).ToListAsync());

        Assert.Equal(status, outcome.Run!.Status);
        Assert.False(outcome.IsTimedOut);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task An_outage_is_waited_out_once_the_run_was_seen()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        var work = Wait(service, [Reference(service, run)], interval: Interval).ToListAsync();
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

        var work = Wait(service, [Reference(service, active), Reference(service, ended)], TimeSpan.FromMinutes(1), Interval).ToListAsync();
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

        var work = Wait(service, [Reference(service, run)], TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15)).ToListAsync();
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

        var work = Wait(service, [Reference(service, service.AddRun())], TimeSpan.FromMinutes(1)).ToListAsync();
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
        var work = Wait(service, [unknown, invalid, Reference(service, good)]).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Interval).WithTimeout();

        Assert.Equal(3, outcomes.Count);
        Assert.Single(outcomes, outcome => outcome.Failure is NotFoundException);
        Assert.Single(outcomes, outcome => outcome.Failure is InvalidIdException);
        Assert.Single(outcomes, outcome => outcome.Run?.RunId == good.Id.ToString());
    }

    [Theory]
    [InlineData(60, 14)]
    [InlineData(200, 20)]
    public async Task Many_runs_that_ended_in_time_are_reported_within_the_pace(int count, int seconds)
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, count).Select(_ => service.AddRun()).ToArray();
        var limit = TimeSpan.FromSeconds(seconds);

        var work = Collect(Wait(service, [.. runs.Select(run => Reference(service, run))], limit));
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
    public async Task Leaving_early_leaves_nothing_running()
    {
        await using var service = await TestService.StartAsync();
        var ended = service.AddRun("Failed");
        service.Break(new Fault { StallHeaders = true, Times = 2, Method = "GET", PathPattern = "(?<!" + ended.Id + "/)$" });
        var others = new[] { service.AddRun(), service.AddRun() };

        var sent = service.Clock.AdvanceUntilAsync(ThreeSentAsync(), Step);
        await foreach (var outcome in Wait(service, [.. others.Append(ended).Select(run => Reference(service, run))]))
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

    [Fact]
    public async Task Waiting_for_nothing_sends_nothing()
    {
        await using var service = await TestService.StartAsync();

        Assert.Empty(await Wait(service, []).ToListAsync());
        Assert.Empty(service.Requests);
    }

    // Without a bound in real time: many runs take many steps of the clock.
    private static async Task<List<WaitOutcome>> Collect(IAsyncEnumerable<WaitOutcome> source)
    {
        var outcomes = new List<WaitOutcome>();
        await foreach (var outcome in source)
            outcomes.Add(outcome);

        return outcomes;
    }
}
