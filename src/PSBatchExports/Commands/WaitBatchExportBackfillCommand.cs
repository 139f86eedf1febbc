using System.Collections.Concurrent;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>
/// Waits for backfills concurrently and writes each when it completes. One that ends otherwise, or whose runs did not all
/// complete, is an error with the backfill as its target.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "BatchExportBackfill", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportBackfill))]
public sealed class WaitBatchExportBackfillCommand : WaitCmdlet
{
    private readonly List<(BatchExportClient Client, BackfillReference Reference)> _backfills = [];
    private readonly ConcurrentDictionary<BackfillReference, bool> _unfinished = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BackfillId", Expected = "backfills, such as Get-BatchExportBackfill returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.BackfillIdCompleter))]
    public string[] BackfillId { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string BatchExportId { get; set; } = "";

    private protected override ErrorContext ErrorContext => ErrorContext.Backfill;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, BackfillId, async id =>
        {
            var export = await ExportIdAsync(BatchExportId, cancellationToken);
            _backfills.Add((Client, new BackfillReference(Scope, export, id)));
            _unfinished[_backfills[^1].Reference] = true;
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var backfills = _backfills.Distinct().ToArray();
        if (backfills.Length == 0)
            return;

        var progress = new WaitProgress(pipeline, "backfill", [.. backfills.Select(backfill => backfill.Reference.BackfillId)]);
        try
        {
            var byClient = backfills.ToLookup(backfill => backfill.Client, backfill => backfill.Reference);
            await Parallel.ForEachAsync(byClient, cancellationToken, async (group, stop) =>
            {
                var waiter = new BackfillWaiter(group.Key, TimeProvider.System);
                await foreach (var outcome in waiter.WaitAsync([.. group], TimeLeft, Interval, ShowProgress, stop))
                {
                    progress.OnEnded();
                    await WriteAsync(pipeline, outcome);
                }
            });
        }
        finally
        {
            progress.Complete();
        }

        void ShowProgress(BatchExportBackfill backfill) => progress.OnPolled(backfill.BackfillId, StateOf(backfill));
    }

    private protected override string? DescribeUnfinishedWork() => UnfinishedWork.Backfills([.. _unfinished.Keys]);

    private async Task WriteAsync(AsyncPipeline pipeline, BackfillWaitOutcome outcome)
    {
        _unfinished.TryRemove(outcome.Reference, out _);
        Service.Known.Remember(outcome.Backfill);
        if (outcome.Failure is { } failure)
            Report(pipeline, failure, outcome.Reference.BackfillId);
        else if (outcome.IsTimedOut)
            pipeline.WriteError(ErrorRecords.WaitTimedOut(outcome, WaitTime!.Value));
        else if (outcome.Backfill!.Status != RunStatus.Completed)
            pipeline.WriteError(ErrorRecords.BackfillEnded(outcome.Backfill));
        else if (outcome.NotCompleted.Count > 0)
            pipeline.WriteError(ErrorRecords.BackfillLacksRuns(outcome.Backfill, outcome.NotCompleted));
        else
            await pipeline.WriteObjectAsync(outcome.Backfill);
    }

    private static string? StateOf(BatchExportBackfill backfill) =>
        backfill.Progress?.ToString() is { Length: > 0 } progress ? $"{backfill.Status}, {progress}" : backfill.Status;
}
