using System.Collections.Concurrent;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>
/// Waits for runs concurrently and writes each when it has completed and its file list is complete. A run that ends otherwise is
/// an error with the run as its target.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "BatchExportRun", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class WaitBatchExportRunCommand : WaitCmdlet
{
    private readonly List<(BatchExportClient Client, RunReference Reference)> _runs = [];
    private readonly ConcurrentDictionary<RunReference, bool> _unfinished = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Expected = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string? BatchExportId { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            var export = string.IsNullOrEmpty(BatchExportId) ? null : await ExportIdAsync(BatchExportId, cancellationToken);
            _runs.Add((Client, new RunReference(Scope, id, export)));
            _unfinished[_runs[^1].Reference] = true;
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var runs = _runs.Distinct().ToArray();
        if (runs.Length == 0)
            return;

        var progress = new WaitProgress(pipeline, "run", [.. runs.Select(run => run.Reference.RunId)]);
        try
        {
            var byClient = runs.ToLookup(run => run.Client, run => run.Reference);
            await Parallel.ForEachAsync(byClient, cancellationToken, async (group, stop) =>
            {
                var waiter = new RunWaiter(group.Key, TimeProvider.System);
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

        void ShowProgress(BatchExportRun run) => progress.OnPolled(run.RunId, StateOf(run));
    }

    private protected override string? DescribeUnfinishedWork() => UnfinishedWork.Runs([.. _unfinished.Keys]);

    private async Task WriteAsync(AsyncPipeline pipeline, WaitOutcome outcome)
    {
        _unfinished.TryRemove(outcome.Reference, out _);
        if (outcome.Failure is { } failure)
            Report(pipeline, failure, outcome.Reference.RunId);
        else if (outcome.IsTimedOut)
            pipeline.WriteError(ErrorRecords.WaitTimedOut(outcome, WaitTime!.Value));
        else if (outcome.Run!.Status != RunStatus.Completed)
            pipeline.WriteError(ErrorRecords.WaitEnded((BatchExportRun)Service.Known.Complete(outcome.Run)!));
        else
            await pipeline.WriteObjectAsync(outcome.Run);
    }

    private static string? StateOf(BatchExportRun run) =>
        run is { Status: RunStatus.Completed, BatchExportId: null } ? "completed, its files are listed" : run.Status;
}
