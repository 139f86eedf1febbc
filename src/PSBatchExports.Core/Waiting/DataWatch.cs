using System.Collections.Concurrent;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Waiting;

/// <summary>Watches the health of exports until their data is whole. Each is polled by itself.</summary>
/// <param name="session">What all polls share.</param>
/// <param name="until">The time up to which the data must be whole.</param>
/// <param name="onSeen">Called for each poll, from several threads; null to not be called.</param>
/// <param name="report">Takes the result of each export; called from several threads.</param>
internal sealed class DataWatch(
    WatchSession session, DateTimeOffset until, Action<BatchExportHealth>? onSeen, Action<DataWaitOutcome> report)
    : Watch<DataReference, BatchExportHealth>(session)
{
    // The chain must reach back that far before the time.
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<DataReference, DateTimeOffset> _wholeUntil = new();

    protected override object ListOf(DataReference reference) => reference;

    protected override IAsyncEnumerable<IReadOnlyList<BatchExportHealth>> ListAsync(
        DataReference reference, int count, PageScheduler<BatchExportHealth> schedule) =>
        throw new NotSupportedException("Health is no list.");

    protected override async Task<BatchExportHealth> ReadAsync(
        WatchedItem<DataReference, BatchExportHealth> item, CancellationToken cancellationToken)
    {
        var api = Session.Client.In(item.Reference.Scope);
        var export = await api.Exports.GetAsync(item.Reference.BatchExportId, cancellationToken);

        // What was whole stays whole, so each later look begins with its last interval.
        var from = _wholeUntil.TryGetValue(item.Reference, out var known) ? known.AddTicks(-1) : LastOf(export) - LookBack;
        var health = await api.Health.GetAsync(export, maxLag: null, from, cancellationToken);
        if (health.DataUntil is { } end)
            _wholeUntil[item.Reference] = end;

        return health;
    }

    // The time, or the end of the schedule if that is earlier.
    private DateTimeOffset LastOf(BatchExport export)
    {
        var last = export.EndAt < until ? export.EndAt.Value : until;
        return export.Paused && export.LastPausedAt < last ? export.LastPausedAt.Value : last;
    }

    protected override string KeyOf(DataReference reference) => reference.BatchExportId;

    protected override IEnumerable<string?> KeysOf(BatchExportHealth listed) => [listed.BatchExportId];

    protected override bool HasEnded(BatchExportHealth polled) => IsWhole(polled) || polled.IsHalted;

    protected override bool IsCompleteInList(DataReference reference) => true;

    protected override void OnPolled(BatchExportHealth polled) => onSeen?.Invoke(polled);

    protected override void Report(WatchResult<DataReference, BatchExportHealth> result) =>
        report(new DataWaitOutcome(result.Reference, result.Last, result.Failure)
        {
            IsWhole = result.Last is { } health && IsWhole(health),
            LookedAt = result.LookedAt,
        });

    protected override string Describe(IReadOnlyList<WatchedItem<DataReference, BatchExportHealth>> items) =>
        $"the data of export {items[0].Reference.BatchExportId}";

    private bool IsWhole(BatchExportHealth health) => health.DataUntil >= until;
}
