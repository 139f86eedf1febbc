using PSBatchExports.Emulator;
using PSBatchExports.Ranges;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

public sealed class RunPollerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_run_that_nobody_waits_for_is_not_polled()
    {
        await using var service = await TestService.StartAsync();
        await using var poller = Poller(service);
        var (abandoned, other) = (Guid.NewGuid().ToString(), service.AddRun());
        using var stop = new CancellationTokenSource();
        var wait = poller.WaitAsync(abandoned, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

        other.Force("Failed");
        var run = await service.AdvanceUntilAsync(poller.WaitAsync($"{other.Id}", CancellationToken.None), Step).WithTimeout();

        Assert.Equal("Failed", run.Status);
        Assert.DoesNotContain(service.Observer.Sent, request => request.Path.Contains(abandoned, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_that_is_stopped_does_not_stop_that_of_another_run()
    {
        await using var service = await TestService.StartAsync();
        await using var poller = Poller(service);
        var (first, second) = (service.AddRun(), service.AddRun());
        using var stop = new CancellationTokenSource();
        var stopped = poller.WaitAsync($"{first.Id}", stop.Token);
        var wait = poller.WaitAsync($"{second.Id}", CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);

        second.Force("Failed");
        Assert.Equal("Failed", (await service.AdvanceUntilAsync(wait, Step).WithTimeout()).Status);
    }

    [Fact]
    public async Task An_outage_after_a_sleep_of_the_machine_is_waited_out()
    {
        await using var service = await TestService.StartAsync();
        await using var poller = Poller(service);
        var run = service.AddRun();
        var wait = poller.WaitAsync($"{run.Id}", CancellationToken.None);
        service.Break(new Fault { Status = 502, Body = "<html>", ContentType = "text/html", Times = 2 });
        run.Force("Failed");

        service.Clock.Advance(TimeSpan.FromHours(8));
        Assert.Equal("Failed", (await service.AdvanceUntilAsync(wait, Step).WithTimeout()).Status);
        Assert.Equal(2, service.Observer.Warnings.Count(text => text.EndsWith("Still waiting for 1 runs.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_long_outage_is_the_failure_of_each_wait()
    {
        await using var service = await TestService.StartAsync();
        await using var poller = Poller(service);
        service.Break(new Fault { Status = 502, Body = "<html>", ContentType = "text/html", Times = 1000 });
        var wait = poller.WaitAsync($"{service.AddRun().Id}", CancellationToken.None);

        var failure = await Record.ExceptionAsync(() => service.AdvanceUntilAsync(wait, TimeSpan.FromSeconds(15)).WithTimeout());
        Assert.IsAssignableFrom<BatchExportException>(failure);
    }

    private static RunPoller Poller(TestService service) =>
        new(service.Client.In(service.Project), service.Observer, service.Clock, () => { });
}
