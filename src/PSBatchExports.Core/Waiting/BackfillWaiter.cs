using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;

namespace PSBatchExports;

/// <summary>A backfill to wait for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="BatchExportId">The export.</param>
/// <param name="BackfillId">The backfill's UUID, or the name of its workflow (see <see cref="BackfillsClient.GetAsync"/>).</param>
public sealed record BackfillReference(ApiScope Scope, string BatchExportId, string BackfillId);

/// <summary>The result of waiting for a backfill: how it ended, why polling failed, or neither if the time ran out.</summary>
/// <param name="Reference">The backfill that was waited for.</param>
/// <param name="Backfill">The backfill as last polled; null if it was never seen.</param>
/// <param name="Failure">Why polling failed; null if it did not.</param>
public sealed record BackfillWaitOutcome(BackfillReference Reference, BatchExportBackfill? Backfill, Exception? Failure)
{
    /// <summary>Whether the time ran out before the backfill ended, or before its runs were read.</summary>
    public bool IsTimedOut => Failure is null && (AreRunsUnknown || Backfill?.IsFinished != true);

    /// <summary>Whether the backfill completed but it is unknown whether all of its runs did.</summary>
    public bool AreRunsUnknown { get; init; }

    /// <summary>The runs of a completed backfill that ended without success: it skips them.</summary>
    public IReadOnlyList<BatchExportRun> NotCompleted { get; init; } = [];

    /// <summary>When the backfill was last polled; null if never.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>Waits for backfills to end, at the same pace as <see cref="RunWaiter"/> (docs/wire.md, section 12).</summary>
public sealed class BackfillWaiter(BatchExportClient client, TimeProvider time)
{
    /// <summary>
    /// Returns each backfill as it ends, with those of its runs that did not complete. A backfill that was just started over this
    /// connection may not be visible yet: that is waited for. At the timeout, each that is not known to have ended is polled once more.
    /// </summary>
    /// <param name="backfills">The backfills.</param>
    /// <param name="timeout">How long to wait for all of them, without the <see cref="RunWaiter.GracePeriod"/>; null for no limit.</param>
    /// <param name="interval">The time between two polls of a backfill; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Called for each poll, from several threads; null to not be called.</param>
    /// <param name="cancellationToken">Cancels the wait, not the backfills.</param>
    public IAsyncEnumerable<BackfillWaitOutcome> WaitAsync(
        IReadOnlyList<BackfillReference> backfills,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportBackfill>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<BackfillWaitOutcome>(
            async (report, stop) =>
            {
                using var session = new WatchSession(client, time, backfills.Count, timeout, interval, stop);
                await new BackfillWatch(session, onSeen, report).RunAsync(backfills);
            },
            cancellationToken);
    }
}
