using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Cancels on-demand runs and runs of scheduled exports.</summary>
[Cmdlet(
    VerbsLifecycle.Stop, "BatchExportRun",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class StopBatchExportRunCommand : ProjectCmdlet
{
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

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            var export = string.IsNullOrEmpty(BatchExportId) ? null : await ExportIdAsync(BatchExportId, cancellationToken);
            if (!await pipeline.ShouldProcessAsync(id + TargetSuffix(), "Cancel run"))
                return;

            await StopAsync(export, id, cancellationToken);
            if (PassThru)
                await pipeline.WriteObjectAsync(await GetAsync(export, id, cancellationToken));
        });

    private Task StopAsync(string? export, string id, CancellationToken cancellationToken) => export is null
        ? Api.OnDemandRuns.StopAsync(id, cancellationToken)
        : Api.Runs.StopAsync(export, id, cancellationToken);

    private Task<BatchExportRun> GetAsync(string? export, string id, CancellationToken cancellationToken) => export is null
        ? Api.OnDemandRuns.GetAsync(id, cancellationToken)
        : Api.Runs.GetAsync(export, id, cancellationToken);
}
