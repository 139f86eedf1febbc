using PSBatchExports.Files.Listing;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Waiting;

/// <summary>Watches runs: those of an export by its list, those on demand by the project's.</summary>
/// <param name="session">The clock, the pace and the time that there is.</param>
/// <param name="onSeen">Is told of each look; called from several threads.</param>
/// <param name="handOut">Takes what became of each run; called from several threads.</param>
internal sealed class RunWatch(WatchSession session, Action<BatchExportRun>? onSeen, Action<WaitOutcome> handOut) : Watch<RunReference, BatchExportRun>(session)
{
    private const int PageSize = 100;
    private const int LargePageSize = 500;

    private BatchExportClient Client => Session.Client;

    protected override object ListOf(RunReference reference) => (reference.Scope, reference.BatchExportId);

    protected override IAsyncEnumerable<IReadOnlyList<BatchExportRun>> ListAsync(
        RunReference reference, int count, PageScheduler<BatchExportRun> schedule) =>
        reference.BatchExportId is { } export
            ? Client.In(reference.Scope).Runs.ListPagesAsync(export, query: null, schedule)
            : Client.In(reference.Scope).OnDemandRuns.ListPagesAsync(count > PageSize ? LargePageSize : PageSize, schedule);

    protected override Task<BatchExportRun> ReadAsync(Watched<RunReference, BatchExportRun> one, CancellationToken cancellationToken) => one.Reference.BatchExportId is { } export
        ? Client.In(one.Reference.Scope).Runs.GetAsync(export, one.Reference.RunId, cancellationToken)
        : Client.In(one.Reference.Scope).OnDemandRuns.GetAsync(one.Reference.RunId, cancellationToken);

    protected override string KeyOf(RunReference reference) => reference.RunId;

    protected override IEnumerable<string?> KeysOf(BatchExportRun listed) => [listed.RunId];

    protected override bool HasEnded(BatchExportRun seen) => seen.IsFinished;

    // Of a run on demand the list tells neither files nor rows nor errors.
    protected override bool IsToldByList(RunReference reference) => reference.BatchExportId is not null;

    protected override DateTimeOffset? EndsFrom(RunReference reference) => reference.BatchExportId is null ? Client.Known(reference.RunId).EndsFrom : null;

    protected override void OnSeen(BatchExportRun seen) => onSeen?.Invoke(seen);

    // What the list shows as completed goes on when it is read by id, until a file is listed.
    protected override void HandOut(WatchResult<RunReference, BatchExportRun> result) => handOut(new WaitOutcome(result.Reference, result.Last, result.Failure)
    {
        LookedAt = result.LookedAt,
        IsListOpen = result is { HasEnded: true, IsComplete: false, Last: { IsFinished: false } or { Status: RunStatus.Completed } },
    });

    protected override string Describe(IReadOnlyList<Watched<RunReference, BatchExportRun>> some) =>
        some.Count == 1 ? $"run {some[0].Reference.RunId}" : FormattableString.Invariant($"{some.Count} runs");

    // Its list of files may still grow.
    protected override async Task<BatchExportRun> CompleteAsync(Watched<RunReference, BatchExportRun> one, BatchExportRun ended)
    {
        var (reference, lists) = (one.Reference, Client.In(one.Reference.Scope).Files.Lists);
        if (reference.BatchExportId is not null || ended is not { Status: RunStatus.Completed, Files: not null })
            return ended;

        var list = lists.Accept(ended, one.EndedBy!.Value);
        var pause = Session.Interval < FileListReader.Pause ? Session.Interval.Value : FileListReader.Pause;
        return (await lists.SettleAsync(list, pause, _ => LookAgainAsync(), onWait: null, Session.Limit.End)).Run;

        async Task<BatchExportRun> LookAgainAsync()
        {
            var seen = await AskAsync(one, token => ReadAsync(one, token));
            OnSeen(seen);
            return seen;
        }
    }
}
