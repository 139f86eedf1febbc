using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Cancels backfills and their runs.</summary>
[Cmdlet(
    VerbsLifecycle.Stop, "BatchExportBackfill",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
public sealed class StopBatchExportBackfillCommand : ProjectCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string BatchExportId { get; set; } = "";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BackfillId", Expected = "backfills, such as Get-BatchExportBackfill returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.BackfillIdCompleter))]
    public string[] BackfillId { get; set; } = [];

    private protected override ErrorContext ErrorContext => ErrorContext.Backfill;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, BackfillId, async id =>
        {
            var export = await ExportIdAsync(BatchExportId, cancellationToken);
            if (await pipeline.ShouldProcessAsync($"{id} of {Service.Known.Describe(export)}{TargetSuffix()}", "Cancel backfill"))
                await Api.Backfills.StopAsync(export, id, cancellationToken);
        });
}
