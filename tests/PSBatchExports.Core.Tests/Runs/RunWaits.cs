using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests;

/// <summary>Starts runs and waits for them.</summary>
internal static class RunWaits
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Step = TimeSpan.FromSeconds(0.25);

    public static ScheduledRun AddScheduled(TestService service, Guid export, string status, TimeSpan age)
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

    public static async Task<bool> Until(TestService service, TimeSpan elapsed)
    {
        await BoundedWait.Until(() => service.Clock.GetUtcNow() - service.Clock.Start >= elapsed);
        return true;
    }

    public static async Task<RunReference> StartAsync(TestService service, int? start, int? end)
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

    public static RunReference Reference(TestService service, OnDemandRun run) => new(service.Project, run.Id.ToString());

    public static IAsyncEnumerable<WaitOutcome> Wait(
        TestService service,
        IReadOnlyList<RunReference> runs,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportRun>? onSeen = null,
        CancellationToken cancellationToken = default) =>
        new RunWaiter(service.Client, service.Clock).WaitAsync(runs, timeout, interval, onSeen, cancellationToken);

    public static Task LooksAsync(TestService service, int count) => BoundedWait.Until(() => service.Clock.TimersOf(Interval) >= count);
}
