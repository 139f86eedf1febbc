using PSBatchExports.Emulator;
using Xunit;
using static PSBatchExports.Core.Tests.RunWaits;

namespace PSBatchExports.Core.Tests;

/// <summary>When runs are polled while they are waited for, and by which requests.</summary>
public class RunPollingTests
{
    [Fact]
    public async Task Runs_are_polled_at_the_given_interval()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        using var stop = new CancellationTokenSource();

        var work = Wait(service, [Reference(service, run)], interval: Interval, cancellationToken: stop.Token).ToListAsync();
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

        var work = Wait(service, [Reference(service, run)]).ToListAsync();
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

        var work = Wait(service, [.. runs.Select(run => Reference(service, run)), unknown]).ToListAsync();
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
        var work = Wait(service, [.. runs.Select(run => Reference(service, run))], interval: Interval).ToListAsync();
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

        var run = Reference(service, service.AddRun("Completed"));
        var work = Wait(service, [run], onSeen: polled => seen.Add(polled.Status)).ToListAsync();
        await service.AdvanceUntilAsync(work, Interval).WithTimeout();

        Assert.Equal(["Completed", "Completed"], seen);
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

    private static DateTimeOffset[] Looks(TestService service) =>
        [.. service.Requests.Where(request => request.Method == "GET").Select(request => request.At)];
}
