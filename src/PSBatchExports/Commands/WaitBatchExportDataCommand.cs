using System.Collections.Concurrent;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>
/// Waits until the data of batch exports is whole up to a time and writes the health of each. A timeout, or a pause or an end before that,
/// is an error with the health as its target.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "BatchExportData", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportHealth))]
public sealed class WaitBatchExportDataCommand : WaitCmdlet
{
    private readonly List<(BatchExportClient Client, DataReference Reference)> _exports = [];
    private readonly ConcurrentDictionary<string, bool> _warned = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter(Mandatory = true)]
    [TimeTransformation]
    public TimeArgument Until { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachExportAsync(
            pipeline,
            Id,
            export =>
            {
                _exports.Add((Client, new DataReference(Scope, export)));
                return Task.CompletedTask;
            },
            cancellationToken);

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var exports = _exports.Distinct().ToArray();
        if (exports.Length == 0)
            return;

        var progress = new WaitProgress(pipeline, "export", [.. exports.Select(export => export.Reference.BatchExportId)]);
        try
        {
            var byClient = exports.ToLookup(export => export.Client, export => export.Reference);
            await Parallel.ForEachAsync(byClient, cancellationToken, async (group, stop) =>
            {
                var waiter = new DataWaiter(group.Key, TimeProvider.System);
                await foreach (var outcome in waiter.WaitAsync([.. group], Until, TimeLeft, Interval, ShowProgress, stop))
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

        void ShowProgress(BatchExportHealth health)
        {
            if (health.GapStart < Until && _warned.TryAdd(health.BatchExportId, true))
                pipeline.WriteWarning(HeldBack(health));

            progress.OnPolled(health.Name, health.DataUntil is { } until
                ? FormattableString.Invariant($"data until {until.UtcDateTime:yyyy-MM-dd HH:mm}Z")
                : $"{health.Verdict}");
        }
    }

    private static string HeldBack(BatchExportHealth health) =>
        $"{health.Name ?? health.BatchExportId}: the data from {SpanText.Second(health.GapStart)} on is not there, and the schedule does "
        + $"not bring it again. {health.Reason} To fill it: Find-BatchExportGap {health.BatchExportId} | Repair-BatchExportGap.";

    private async Task WriteAsync(AsyncPipeline pipeline, DataWaitOutcome outcome)
    {
        if (outcome.Failure is { } failure)
            Report(pipeline, failure, outcome.Reference.BatchExportId);
        else if (outcome.IsWhole)
            await pipeline.WriteObjectAsync(outcome.Health);
        else if (outcome.WillNotCome)
            pipeline.WriteError(ErrorRecords.DataWillNotCome(outcome.Health!, Until));
        else
            pipeline.WriteError(ErrorRecords.DataTimedOut(outcome, Until, WaitTime!.Value));
    }
}
