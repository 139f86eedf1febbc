namespace PSBatchExports;

/// <summary>A run to wait for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="RunId">The run.</param>
/// <param name="BatchExportId">The export of a scheduled run; null for a run on demand.</param>
public sealed record RunReference(ApiScope Scope, string RunId, string? BatchExportId = null);

/// <summary>What became of a run that was waited for: its end, a failure to ask, or neither where the time ran out.</summary>
/// <param name="Reference">The run that was waited for.</param>
/// <param name="Run">The run as last seen; null if it was never seen.</param>
/// <param name="Failure">Why asking failed; null if it did not.</param>
public sealed record WaitOutcome(RunReference Reference, BatchExportRun? Run, Exception? Failure)
{
    /// <summary>Whether the time ran out before the run ended.</summary>
    public bool IsTimedOut => Failure is null && Run?.IsFinished != true;
}

/// <summary>Waits for runs to end, all at once, asking less and less often (docs/wire.md, section 13).</summary>
public sealed class RunWaiter(BatchExportClient client, TimeProvider time)
{
    // The service allows 480 requests a minute and 4,800 an hour: many runs begin at four a second in all and come down to one.
    private const int MostRequestsPerSecond = 4;
    private const int MostRequestsAtOnce = 8;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Hands out each run as it ends.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="timeout">How long to wait for all of them; null for as long as it takes.</param>
    /// <param name="interval">Time between two looks at a run; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Is told of each look; called from several threads.</param>
    /// <param name="cancellationToken">Ends the waiting, not the runs.</param>
    public IAsyncEnumerable<WaitOutcome> WaitAsync(
        IReadOnlyList<RunReference> runs,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportRun>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<WaitOutcome>(
            async (handOut, stop) =>
            {
                using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, time);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
                using var places = new SemaphoreSlim(MostRequestsAtOnce);
                var active = runs.Count;
                await Task.WhenAll(runs.Select(async run =>
                {
                    handOut(await WaitForAsync(run, interval, () => Volatile.Read(ref active), places, onSeen, stop, limit.Token));
                    Interlocked.Decrement(ref active);
                }));
            },
            cancellationToken);
    }

    private async Task<WaitOutcome> WaitForAsync(
        RunReference reference, TimeSpan? interval, Func<int> active, SemaphoreSlim places, Action<BatchExportRun>? onSeen, CancellationToken stop, CancellationToken limit)
    {
        BatchExportRun? run = null;
        var seenAt = time.GetUtcNow();
        var pause = interval ?? FirstInterval;
        try
        {
            while (true)
            {
                try
                {
                    run = await LookAsync(reference, places, limit);
                    seenAt = time.GetUtcNow();
                    onSeen?.Invoke(run);
                    if (run.IsFinished)
                        return new WaitOutcome(reference, run, null);
                }
                catch (BatchExportException failure) when (run is not null && RetryRules.MayPass(failure) && time.GetUtcNow() - seenAt < Patience)
                {
                    client.Observer.OnWarning($"{failure.Message} Still waiting for run {reference.RunId}.");
                }

                var runs = active();
                await Task.Delay(Longer(pause, TimeSpan.FromSeconds((double)runs / MostRequestsPerSecond)), time, limit);
                if (interval is null)
                    pause = Shorter(pause * 1.5, Longer(LongestInterval, TimeSpan.FromSeconds(runs)));
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WaitOutcome(reference, run, null);
        }
        catch (Exception failure) when (failure is BatchExportException or InvalidIdException)
        {
            return new WaitOutcome(reference, run, failure);
        }
    }

    private async Task<BatchExportRun> LookAsync(RunReference reference, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            return await GetAsync(reference, cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private Task<BatchExportRun> GetAsync(RunReference reference, CancellationToken cancellationToken) => reference.BatchExportId is { } export
        ? client.Runs.GetAsync(reference.Scope, export, reference.RunId, cancellationToken)
        : client.OnDemandRuns.GetAsync(reference.Scope, reference.RunId, cancellationToken);
}
