using System.Collections.Concurrent;
using PSBatchExports.Backfills;
using PSBatchExports.Json;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Waiting;

/// <summary>Watches backfills, those of an export by its list, and looks at the runs of those that have completed.</summary>
/// <param name="session">The clock, the pace and the time that there is.</param>
/// <param name="onSeen">Is told of each look; called from several threads.</param>
/// <param name="handOut">Takes what became of each backfill; called from several threads.</param>
internal sealed class BackfillWatch(WatchSession session, Action<BatchExportBackfill>? onSeen, Action<BackfillWaitOutcome> handOut)
    : Watch<BackfillReference, BatchExportBackfill>(session)
{
    // Runs of a backfill are made after it and before it ends; the service's own times may differ by a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private static readonly string[] NotWell = [.. RunStatus.All.Where(status => status != RunStatus.Completed && !RunStatus.IsActive(status))];
    private static readonly Paging Newest = new() { First = BackfillsClient.PageSize };

    private readonly ConcurrentDictionary<BackfillReference, IReadOnlyList<BatchExportRun>> _notCompleted = new();

    protected override object ListOf(BackfillReference reference) => (reference.Scope, reference.BatchExportId);

    protected override IAsyncEnumerable<IReadOnlyList<BatchExportBackfill>> ListAsync(
        BackfillReference reference, int count, PageScheduler<BatchExportBackfill> schedule) =>
        Backfills(reference).ListPagesAsync(reference.BatchExportId, schedule);

    protected override Task<BatchExportBackfill> ReadAsync(Watched<BackfillReference, BatchExportBackfill> one, CancellationToken cancellationToken) =>
        Backfills(one.Reference).ReadAsync(one.Reference.BatchExportId, one.Last?.BackfillId ?? one.Reference.BackfillId, Newest, cancellationToken);

    protected override string KeyOf(BackfillReference reference) => BackfillName.Parse(reference.BackfillId)?.Window ?? reference.BackfillId;

    protected override IEnumerable<string?> KeysOf(BatchExportBackfill listed) => [listed.BackfillId, BackfillName.WindowOf(listed)];

    protected override bool IsIt(BatchExportBackfill listed, BackfillReference reference) => listed.BackfillId == reference.BackfillId || Backfills(reference).MayBe(listed, reference.BackfillId);

    protected override bool IsExpected(BackfillReference reference) => Backfills(reference).IsNew(reference.BackfillId);

    protected override bool HasEnded(BatchExportBackfill seen) => seen.IsFinished;

    protected override bool IsToldByList(BackfillReference reference) => true;

    protected override void OnSeen(BatchExportBackfill seen) => onSeen?.Invoke(seen);

    protected override void HandOut(WatchResult<BackfillReference, BatchExportBackfill> result) => handOut(new BackfillWaitOutcome(result.Reference, result.Last, result.Failure)
    {
        LookedAt = result.LookedAt,
        NotCompleted = _notCompleted.GetValueOrDefault(result.Reference, []),
        AreRunsUnknown = result is { HasEnded: true, IsComplete: false, Last.Status: RunStatus.Completed },
    });

    protected override string Describe(IReadOnlyList<Watched<BackfillReference, BatchExportBackfill>> some) =>
        some.Count == 1 ? $"backfill {some[0].Reference.BackfillId}" : FormattableString.Invariant($"{some.Count} backfills");

    // A backfill passes over runs that fail, and is completed all the same.
    protected override async Task<BatchExportBackfill> CompleteAsync(Watched<BackfillReference, BatchExportBackfill> one, BatchExportBackfill ended)
    {
        if (ended.Status != RunStatus.Completed || ended.BackfillId is not { } id)
            return ended;

        _notCompleted[one.Reference] = await NotCompletedAsync(one, new RunQuery
        {
            After = ended.CreatedAt?.Shift(-Tolerance) ?? DateTimeOffset.UnixEpoch,
            Before = ended.FinishedAt?.Shift(Tolerance),
            BackfillIds = [id],
            Statuses = NotWell,
        });
        return ended;
    }

    private BackfillsClient Backfills(BackfillReference reference) => Session.Client.In(reference.Scope).Backfills;

    private async Task<IReadOnlyList<BatchExportRun>> NotCompletedAsync(Watched<BackfillReference, BatchExportBackfill> one, RunQuery query)
    {
        var (scope, export) = (one.Reference.Scope, one.Reference.BatchExportId);
        var runs = new List<BatchExportRun>();
        try
        {
            await foreach (var page in Session.Client.In(scope).Runs.ListPagesAsync(export, query, send => AskAsync(one, send)))
                runs.AddRange(page.Where(run => query.Matches(run) && run is { IsFinished: true, Status: not RunStatus.Completed }));
        }
        catch (InvalidRequestException) when (query.Statuses is not null)
        {
            // A server that does not know one of the statuses.
            return await NotCompletedAsync(one, query with { Statuses = null });
        }

        return runs;
    }
}
