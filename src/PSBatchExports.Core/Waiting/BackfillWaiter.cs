using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;

namespace PSBatchExports;

/// <summary>A backfill to wait for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="BatchExportId">The export.</param>
/// <param name="BackfillId">The backfill's UUID, or the name of its workflow (see <see cref="BackfillsClient.GetAsync"/>).</param>
public sealed record BackfillReference(ApiScope Scope, string BatchExportId, string BackfillId);

/// <summary>What became of a backfill that was waited for: its end, a failure to ask, or neither where the time ran out.</summary>
/// <param name="Reference">The backfill that was waited for.</param>
/// <param name="Backfill">The backfill as last seen; null if it was never seen.</param>
/// <param name="Failure">Why asking failed; null if it did not.</param>
public sealed record BackfillWaitOutcome(BackfillReference Reference, BatchExportBackfill? Backfill, Exception? Failure)
{
    /// <summary>Whether the time ran out before the backfill ended, or before its runs were looked at.</summary>
    public bool IsTimedOut => Failure is null && (AreRunsUnknown || Backfill?.IsFinished != true);

    /// <summary>Whether the backfill has completed but it is not known whether all of its runs have.</summary>
    public bool AreRunsUnknown { get; init; }

    /// <summary>Runs of a completed backfill that have ended otherwise than well: it passes over them.</summary>
    public IReadOnlyList<BatchExportRun> NotCompleted { get; init; } = [];

    /// <summary>When the backfill was last looked at; null if it never was.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>Waits for backfills to end, within the same pace as <see cref="RunWaiter"/> (docs/wire.md, section 12).</summary>
public sealed class BackfillWaiter(BatchExportClient client, TimeProvider time)
{
    /// <summary>
    /// Hands out each backfill as it ends, with those of its runs that have not completed. One that was just started over this connection is waited for
    /// until it is there. Each that is not known to have ended is asked about once more when the time is up.
    /// </summary>
    /// <param name="backfills">The backfills.</param>
    /// <param name="timeout">How long to wait for all of them, <see cref="RunWaiter.LastLooks"/> not included; null for as long as it takes.</param>
    /// <param name="interval">Time between two looks at a backfill; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Is told of each look; called from several threads.</param>
    /// <param name="cancellationToken">Ends the waiting, not the backfills.</param>
    public IAsyncEnumerable<BackfillWaitOutcome> WaitAsync(
        IReadOnlyList<BackfillReference> backfills,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportBackfill>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<BackfillWaitOutcome>(
            async (handOut, stop) =>
            {
                using var session = new WatchSession(client, time, backfills.Count, timeout, interval, stop);
                await new BackfillWatch(session, onSeen, handOut).RunAsync(backfills);
            },
            cancellationToken);
    }
}
