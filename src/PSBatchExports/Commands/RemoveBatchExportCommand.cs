using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Removes batch exports. Cancels their runs; exported data stays at the destination.</summary>
[Cmdlet(
    VerbsCommon.Remove, "BatchExport",
    DefaultParameterSetName = ProjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
public sealed class RemoveBatchExportCommand : ProjectOrOrganizationCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachExportAsync(pipeline, Id, async id =>
        {
            var target = Service.Known.Describe(id) + TargetSuffix();
            if (!await pipeline.ShouldProcessAsync(target, "Remove batch export", isForced: Force && SwitchValue("Confirm") != true))
                return;

            await Api.Exports.DeleteAsync(id, cancellationToken);
            Service.Known.ForgetExport(id);
        }, cancellationToken);
}
