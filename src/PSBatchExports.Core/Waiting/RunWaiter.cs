using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;

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
    /// <summary>Whether the time ran out before the run ended, or before its list of files was settled.</summary>
    public bool IsTimedOut => Failure is null && (IsListOpen || Run?.IsFinished != true);

    /// <summary>Whether the run has completed but more files may be listed than it has here.</summary>
    public bool IsListOpen { get; init; }

    /// <summary>When the run was last looked at; null if it never was.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>
/// Waits for runs to end. No more than four requests a second are sent for all of them, and after 1,200 no more than one. Of an export, or on demand, two
/// or more are looked at by their list where more than four runs are waited for (docs/wire.md, section 13).
/// </summary>
public sealed class RunWaiter(BatchExportClient client, TimeProvider time)
{
    /// <summary>How long the last looks may take when the time is up.</summary>
    /// <param name="runs">How many runs are waited for.</param>
    public static TimeSpan LastLooks(int runs) => WaitTime.Beyond(runs);

    /// <summary>
    /// Hands out each run as it ends, with its files where it has some. A run that was started over this connection is asked about when it can have
    /// ended, any other at once; and each that is not known to have ended is asked about once more when the time is up.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="timeout">How long to wait for all of them, <see cref="LastLooks"/> not included; null for as long as it takes.</param>
    /// <param name="interval">Time between two looks at a run, the first of which is at once; null for 1 s growing to 15 s.</param>
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
                using var session = new WatchSession(client, time, runs.Count, timeout, interval, stop);
                await new RunWatch(session, onSeen, handOut).RunAsync(runs);
            },
            cancellationToken);
    }
}
