using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;

namespace PSBatchExports;

/// <summary>An export whose data is waited for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="BatchExportId">The export.</param>
public sealed record DataReference(ApiScope Scope, string BatchExportId);

/// <summary>The result of waiting for data.</summary>
/// <param name="Reference">The export that was waited for.</param>
/// <param name="Health">The export's health when it was last looked at; null if it could not be read.</param>
/// <param name="Failure">Why it could not be read; null if it could.</param>
public sealed record DataWaitOutcome(DataReference Reference, BatchExportHealth? Health, Exception? Failure)
{
    /// <summary>Whether the data is whole until the time that was waited for.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether the export was paused or ended before that, so that no schedule will bring the data.</summary>
    public bool WillNotCome => Health is { IsHalted: true };

    /// <summary>When the export was last looked at; null if never.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>Waits until the data of exports is whole up to a time, at the same pace as <see cref="RunWaiter"/>.</summary>
public sealed class DataWaiter(BatchExportClient client, TimeProvider time)
{
    /// <summary>Returns each export when its data is whole up to a time, when it can no longer become so, or at the timeout.</summary>
    /// <param name="exports">The exports.</param>
    /// <param name="until">The time.</param>
    /// <param name="timeout">How long to wait for all of them, without the <see cref="RunWaiter.GracePeriod"/>; null for no limit.</param>
    /// <param name="interval">The time between two looks at an export; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Called for each look, from several threads; null to not be called.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public IAsyncEnumerable<DataWaitOutcome> WaitAsync(
        IReadOnlyList<DataReference> exports,
        DateTimeOffset until,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportHealth>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<DataWaitOutcome>(
            async (report, stop) =>
            {
                using var session = new WatchSession(client, time, exports.Count, timeout, interval, stop);
                await new DataWatch(session, until, onSeen, report).RunAsync(exports);
            },
            cancellationToken);
    }
}
