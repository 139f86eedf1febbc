using PSBatchExports.Core.Tests.Coverage;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.Waiting;

public sealed class DataWaiterTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Data_that_is_whole_is_reported_at_once()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCCCC", Hour);
        var until = service.Clock.GetUtcNow();
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcome = Assert.Single(await WaitAsync(service, export, until));

        Assert.True(outcome.IsWhole);
        Assert.Equal(until, outcome.Health!.DataUntil);
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Data_is_waited_for_until_its_run_has_completed()
    {
        await using var service = await TestService.StartAsync(options => options with { LiveSchedule = true });
        var export = service.AddExportWithHistory("CCCCC", Hour);
        var until = service.Clock.GetUtcNow().AddHours(2);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcome = Assert.Single(await WaitAsync(service, export, until));

        Assert.True(outcome.IsWhole);
        Assert.InRange(service.Clock.GetUtcNow(), until, until.AddMinutes(20));
    }

    [Fact]
    public async Task A_hole_holds_the_data_back_until_it_is_filled()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCFCC", Hour);
        var until = service.Clock.GetUtcNow();
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var seen = new List<DateTimeOffset?>();

        var outcome = Assert.Single(await WaitAsync(service, export, until, onSeen: health =>
        {
            seen.Add(health.DataUntil);
            if (seen.Count == 2)
                service.AddScheduledRun(export, until.AddHours(-3), until.AddHours(-2), "Completed", until.AddMinutes(30));
        }));

        Assert.True(outcome.IsWhole);
        Assert.Equal([until.AddHours(-3), until.AddHours(-3), until], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pause_or_an_end_before_that_ends_the_wait(bool isPaused)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCCCC", Hour);
        var end = service.Clock.GetUtcNow();
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcome = Assert.Single(await WaitAsync(service, export, end.AddHours(5), onSeen: _ =>
        {
            export.Paused = isPaused;
            export.LastPausedAt = isPaused ? service.Clock.GetUtcNow() : null;
            export.EndAt = isPaused ? null : service.Clock.GetUtcNow();
        }));

        Assert.Equal((false, true), (outcome.IsWhole, outcome.WillNotCome));
        Assert.Equal(end, outcome.Health!.DataUntil);
    }

    [Fact]
    public async Task The_health_at_the_timeout_is_reported()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCCCC", Hour);
        var end = service.Clock.GetUtcNow();

        var outcome = Assert.Single(await WaitAsync(service, export, end.AddHours(5), timeout: TimeSpan.FromMinutes(10)));

        Assert.Equal((false, false), (outcome.IsWhole, outcome.WillNotCome));
        Assert.Equal(end, outcome.Health!.DataUntil);
    }

    private static Task<List<DataWaitOutcome>> WaitAsync(
        TestService service, StoredExport export, DateTimeOffset until, TimeSpan? timeout = null, Action<BatchExportHealth>? onSeen = null)
    {
        var waiter = new DataWaiter(service.Client, service.Clock);
        var reference = new DataReference(service.Project, export.Id.ToString());
        return service.AdvanceUntilAsync(waiter.WaitAsync([reference], until, timeout, onSeen: onSeen).ToListAsync(), Step);
    }
}
