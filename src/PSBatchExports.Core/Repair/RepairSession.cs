using System.Collections.Concurrent;

namespace PSBatchExports.Repair;

/// <summary>What the exports of one call share: the client, the clock, the deadline and the number of ranges in progress.</summary>
internal sealed class RepairSession : IDisposable
{
    // A backfill that another process has just started may not be visible yet.
    private static readonly TimeSpan VisibilityDelay = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ApiScope, SemaphoreSlim> _slots = new();
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _end;
    private readonly DateTimeOffset? _deadline;

    /// <param name="client">Sends the requests.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">How gaps are filled.</param>
    /// <param name="planAgain">Plans what a plan is for once more, by what the service says now.</param>
    /// <param name="stop">Cancels the call.</param>
    public RepairSession(
        BatchExportClient client,
        TimeProvider time,
        GapRepairOptions options,
        Func<RepairPlan, CancellationToken, Task<RepairPlan>> planAgain,
        CancellationToken stop)
    {
        PlanAgainAsync = planAgain;
        Client = client;
        Time = time;
        Options = options;
        Stop = stop;
        _deadline = time.GetUtcNow() + options.Timeout;
        _timeout = new CancellationTokenSource(options.Timeout ?? Timeout.InfiniteTimeSpan, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop, _timeout.Token);
    }

    public BatchExportClient Client { get; }

    public TimeProvider Time { get; }

    public Func<RepairPlan, CancellationToken, Task<RepairPlan>> PlanAgainAsync { get; }

    public GapRepairOptions Options { get; }

    /// <summary>Cancels the whole call.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Cancelled when the call is, and when its time is up.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>The time that is left; null for no limit.</summary>
    public TimeSpan? TimeLeft => _deadline is not { } deadline ? null
        : deadline - Time.GetUtcNow() is { Ticks: > 0 } left ? left
        : TimeSpan.Zero;

    public Task SettleAsync() => Task.Delay(VisibilityDelay, Time, Stop);

    /// <summary>Waits until another range of a project may be in progress.</summary>
    public async Task<IDisposable> TakeSlotAsync(ApiScope scope)
    {
        var slots = _slots.GetOrAdd(scope, _ => new SemaphoreSlim(Options.ThrottleLimit));
        await slots.WaitAsync(End);
        return new Slot(slots);
    }

    public void Dispose()
    {
        _end.Dispose();
        _timeout.Dispose();
        foreach (var slots in _slots.Values)
            slots.Dispose();
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
