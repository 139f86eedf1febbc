using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Pauses batch exports. Runs in progress continue.</summary>
[Cmdlet(
    VerbsLifecycle.Suspend, "BatchExport",
    DefaultParameterSetName = ProjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class SuspendBatchExportCommand : ProjectOrOrganizationCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachExportAsync(pipeline, Id, async id =>
        {
            if (!await pipeline.ShouldProcessAsync(Service.Known.Describe(id) + TargetSuffix(), "Pause batch export"))
                return;

            await Api.Exports.PauseAsync(id, cancellationToken);
            if (PassThru)
                await pipeline.WriteObjectAsync(await Api.Exports.GetAsync(id, cancellationToken));
        }, cancellationToken);
}
