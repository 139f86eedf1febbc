using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Exports the intervals of scheduled runs again, each with a backfill of that interval.</summary>
[Cmdlet(
    VerbsLifecycle.Restart, "BatchExportRun",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(RestartedBatchExportRun))]
public sealed class RestartBatchExportRunCommand : ProjectCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Expected = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string BatchExportId { get; set; } = "";

    private protected override ErrorContext ErrorContext => ErrorContext.Restart(BatchExportId);

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            var export = await ExportIdAsync(BatchExportId, cancellationToken);
            if (!await pipeline.ShouldProcessAsync($"{id} of {Service.Known.Describe(export)}{TargetSuffix()}", "Run again"))
                return;

            var backfill = await Api.Runs.RestartAsync(export, id, cancellationToken);
            await pipeline.WriteObjectAsync(Service.Stamp(new RestartedBatchExportRun
            {
                BatchExportId = export,
                RestartedRunId = id,
                BackfillId = backfill,
                ProjectId = Scope.ProjectNumber,
            }));
        });
}
