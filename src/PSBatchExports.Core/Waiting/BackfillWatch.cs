using System.Collections.Concurrent;
using PSBatchExports.Backfills;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Time;

namespace PSBatchExports.Waiting;

/// <summary>Watches backfills, many of an export by its list, and reads the runs of those that have completed.</summary>
/// <param name="session">What all polls share.</param>
/// <param name="onSeen">Called for each poll, from several threads; null to not be called.</param>
/// <param name="report">Takes the result of each backfill; called from several threads.</param>
internal sealed class BackfillWatch(WatchSession session, Action<BatchExportBackfill>? onSeen, Action<BackfillWaitOutcome> report)
    : Watch<BackfillReference, BatchExportBackfill>(session)
{
    // A backfill's runs are created between its start and its end; the service's own times may differ a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private static readonly string[] UnsuccessfulStatuses =
        [.. RunStatus.All.Where(status => status != RunStatus.Completed && !RunStatus.IsActive(status))];
    private static readonly Paging Newest = new() { First = BackfillsClient.PageSize };

    private readonly ConcurrentDictionary<BackfillReference, IReadOnlyList<BatchExportRun>> _notCompleted = new();

    protected override object ListOf(BackfillReference reference) => (reference.Scope, reference.BatchExportId);

    protected override IAsyncEnumerable<IReadOnlyList<BatchExportBackfill>> ListAsync(
        BackfillReference reference, int count, PageScheduler<BatchExportBackfill> schedule) =>
        Backfills(reference).ListPagesAsync(reference.BatchExportId, schedule);

    protected override Task<BatchExportBackfill> ReadAsync(
        WatchedItem<BackfillReference, BatchExportBackfill> item, CancellationToken cancellationToken)
    {
        var id = item.Last?.BackfillId ?? item.Reference.BackfillId;
        return Backfills(item.Reference).ReadAsync(item.Reference.BatchExportId, id, Newest, cancellationToken);
    }

    protected override string KeyOf(BackfillReference reference) =>
        BackfillName.Parse(reference.BackfillId)?.Window ?? reference.BackfillId;

    protected override IEnumerable<string?> KeysOf(BatchExportBackfill listed) => [listed.BackfillId, BackfillName.WindowOf(listed)];

    protected override bool IsMatch(BatchExportBackfill listed, BackfillReference reference) =>
        listed.BackfillId == reference.BackfillId || Backfills(reference).MayBe(listed, reference.BackfillId);

    protected override bool IsExpected(BackfillReference reference) => Backfills(reference).IsNew(reference.BackfillId);

    protected override bool HasEnded(BatchExportBackfill polled) => polled.IsFinished;

    protected override bool IsCompleteInList(BackfillReference reference) => true;

    protected override void OnPolled(BatchExportBackfill polled) => onSeen?.Invoke(polled);

    protected override void Report(WatchResult<BackfillReference, BatchExportBackfill> result) =>
        report(new BackfillWaitOutcome(result.Reference, result.Last, result.Failure)
        {
            LookedAt = result.LookedAt,
            NotCompleted = _notCompleted.GetValueOrDefault(result.Reference, []),
            AreRunsUnknown = result is { HasEnded: true, IsComplete: false, Last.Status: RunStatus.Completed },
        });

    protected override string Describe(IReadOnlyList<WatchedItem<BackfillReference, BatchExportBackfill>> items) =>
        items.Count == 1 ? $"backfill {items[0].Reference.BackfillId}" : FormattableString.Invariant($"{items.Count} backfills");

    // A backfill skips runs that fail and still ends as completed.
    protected override async Task<BatchExportBackfill> CompleteAsync(
        WatchedItem<BackfillReference, BatchExportBackfill> item, BatchExportBackfill ended)
    {
        if (ended.Status != RunStatus.Completed || ended.BackfillId is not { } id)
            return ended;

        _notCompleted[item.Reference] = await NotCompletedAsync(item, new RunQuery
        {
            After = ended.CreatedAt?.Shift(-Tolerance) ?? DateTimeOffset.UnixEpoch,
            Before = ended.FinishedAt?.Shift(Tolerance),
            BackfillIds = [id],
            Statuses = UnsuccessfulStatuses,
        });
        return ended;
    }

    private BackfillsClient Backfills(BackfillReference reference) => Session.Client.In(reference.Scope).Backfills;

    private async Task<IReadOnlyList<BatchExportRun>> NotCompletedAsync(
        WatchedItem<BackfillReference, BatchExportBackfill> item, RunQuery query)
    {
        var (scope, export) = (item.Reference.Scope, item.Reference.BatchExportId);
        var runs = new List<BatchExportRun>();
        try
        {
            await foreach (var page in Session.Client.In(scope).Runs.ListPagesAsync(export, query, send => AskAsync(item, send)))
                runs.AddRange(page.Where(run => query.Matches(run) && run is { IsFinished: true, Status: not RunStatus.Completed }));
        }
        catch (InvalidRequestException) when (query.Statuses is not null)
        {
            // The server does not know one of the statuses.
            return await NotCompletedAsync(item, query with { Statuses = null });
        }

        return runs;
    }
}
