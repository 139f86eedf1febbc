using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;

namespace PSBatchExports;

/// <summary>A run to wait for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="RunId">The run.</param>
/// <param name="BatchExportId">The export of a scheduled run; null for an on-demand run.</param>
public sealed record RunReference(ApiScope Scope, string RunId, string? BatchExportId = null);

/// <summary>The result of waiting for a run: how it ended, why polling failed, or neither if the time ran out.</summary>
/// <param name="Reference">The run that was waited for.</param>
/// <param name="Run">The run as last polled; null if it was never seen.</param>
/// <param name="Failure">Why polling failed; null if it did not.</param>
public sealed record WaitOutcome(RunReference Reference, BatchExportRun? Run, Exception? Failure)
{
    /// <summary>Whether the time ran out before the run ended, or before its list of files was settled.</summary>
    public bool IsTimedOut => Failure is null && (IsListOpen || Run?.IsFinished != true);

    /// <summary>Whether the run completed but its list of files may still grow.</summary>
    public bool IsListOpen { get; init; }

    /// <summary>When the run was last polled; null if never.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>
/// Waits for runs to end. It sends at most four requests a second for all of them, and at most one after 1,200. Of more than four runs,
/// those of one export, and those on demand, are polled by their list (docs/wire.md, section 13).
/// </summary>
public sealed class RunWaiter(BatchExportClient client, TimeProvider time)
{
    /// <summary>How long the last polls may take after the timeout.</summary>
    /// <param name="runs">How many runs are waited for.</param>
    public static TimeSpan GracePeriod(int runs) => WaitDeadline.GracePeriod(runs);

    /// <summary>
    /// Returns each run as it ends, with its files if it has some. A run that was started over this connection is first polled when it can
    /// have ended, any other at once. At the timeout, each that is not known to have ended is polled once more.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="timeout">How long to wait for all of them, without the <see cref="GracePeriod"/>; null for no limit.</param>
    /// <param name="interval">The time between two polls of a run, the first of which is at once; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Called for each poll, from several threads; null to not be called.</param>
    /// <param name="cancellationToken">Cancels the wait, not the runs.</param>
    public IAsyncEnumerable<WaitOutcome> WaitAsync(
        IReadOnlyList<RunReference> runs,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportRun>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<WaitOutcome>(
            async (report, stop) =>
            {
                using var session = new WatchSession(client, time, runs.Count, timeout, interval, stop);
                await new RunWatch(session, onSeen, report).RunAsync(runs);
            },
            cancellationToken);
    }
}
