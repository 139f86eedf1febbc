using PSBatchExports.Files.Listing;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Waiting;

/// <summary>Watches runs: many of an export by its list, many on-demand runs by the project's list.</summary>
/// <param name="session">What all polls share.</param>
/// <param name="onSeen">Called for each poll, from several threads; null to not be called.</param>
/// <param name="report">Takes the result of each run; called from several threads.</param>
internal sealed class RunWatch(WatchSession session, Action<BatchExportRun>? onSeen, Action<WaitOutcome> report)
    : Watch<RunReference, BatchExportRun>(session)
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

    protected override Task<BatchExportRun> ReadAsync(WatchedItem<RunReference, BatchExportRun> item, CancellationToken cancellationToken)
    {
        var (scope, runId, exportId) = item.Reference;
        return exportId is null
            ? Client.In(scope).OnDemandRuns.GetAsync(runId, cancellationToken)
            : Client.In(scope).Runs.GetAsync(exportId, runId, cancellationToken);
    }

    protected override string KeyOf(RunReference reference) => reference.RunId;

    protected override IEnumerable<string?> KeysOf(BatchExportRun listed) => [listed.RunId];

    protected override bool HasEnded(BatchExportRun polled) => polled.IsFinished;

    // The list of on-demand runs has neither files nor rows nor errors.
    protected override bool IsCompleteInList(RunReference reference) => reference.BatchExportId is not null;

    protected override DateTimeOffset? EarliestEnd(RunReference reference) =>
        reference.BatchExportId is null ? Client.Known(reference.RunId).EarliestEnd : null;

    protected override void OnPolled(BatchExportRun polled) => onSeen?.Invoke(polled);

    protected override void Report(WatchResult<RunReference, BatchExportRun> result)
    {
        // A run that is completed in the list is still running when it is read by id, until a file is listed.
        var mayBeCompleted = result.Last is { IsFinished: false } or { Status: RunStatus.Completed };
        report(new WaitOutcome(result.Reference, result.Last, result.Failure)
        {
            LookedAt = result.LookedAt,
            IsListOpen = result is { HasEnded: true, IsComplete: false } && mayBeCompleted,
        });
    }

    protected override string Describe(IReadOnlyList<WatchedItem<RunReference, BatchExportRun>> items) =>
        items.Count == 1 ? $"run {items[0].Reference.RunId}" : FormattableString.Invariant($"{items.Count} runs");

    // The list of files may still grow.
    protected override async Task<BatchExportRun> CompleteAsync(WatchedItem<RunReference, BatchExportRun> item, BatchExportRun ended)
    {
        var (reference, lists) = (item.Reference, Client.In(item.Reference.Scope).Files.Lists);
        if (reference.BatchExportId is not null || ended is not { Status: RunStatus.Completed, Files: not null })
            return ended;

        var list = lists.Accept(ended, item.EndedBy!.Value);
        var pause = Session.Interval < FileListReader.Pause ? Session.Interval.Value : FileListReader.Pause;
        return (await lists.SettleAsync(list, pause, _ => PollAgainAsync(), onWait: null, Session.Deadline.End)).Run;

        async Task<BatchExportRun> PollAgainAsync()
        {
            var polled = await AskAsync(item, token => ReadAsync(item, token));
            OnPolled(polled);
            return polled;
        }
    }
}
