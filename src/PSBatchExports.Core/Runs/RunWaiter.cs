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
    private const int MostRequestsPerSecond = 4;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(15);

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
        var fastest = TimeSpan.FromSeconds((double)runs.Count / MostRequestsPerSecond);
        return AsyncSequences.FromWork<WaitOutcome>(
            async (handOut, stop) =>
            {
                using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, time);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
                await Task.WhenAll(runs.Select(async run => handOut(await WaitForAsync(run, interval, fastest, onSeen, stop, limit.Token))));
            },
            cancellationToken);
    }

    private async Task<WaitOutcome> WaitForAsync(RunReference reference, TimeSpan? interval, TimeSpan fastest, Action<BatchExportRun>? onSeen, CancellationToken stop, CancellationToken limit)
    {
        BatchExportRun? run = null;
        var pause = interval ?? FirstInterval;
        try
        {
            while (true)
            {
                run = await GetAsync(reference, limit);
                onSeen?.Invoke(run);
                if (run.IsFinished)
                    return new WaitOutcome(reference, run, null);

                await Task.Delay(pause > fastest ? pause : fastest, time, limit);
                if (interval is null)
                    pause = pause * 1.5 < LongestInterval ? pause * 1.5 : LongestInterval;
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

    private Task<BatchExportRun> GetAsync(RunReference reference, CancellationToken cancellationToken) => reference.BatchExportId is { } export
        ? client.Runs.GetAsync(reference.Scope, export, reference.RunId, cancellationToken)
        : client.OnDemandRuns.GetAsync(reference.Scope, reference.RunId, cancellationToken);
}
