using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Removes batch exports. Runs that go on are cancelled; what was exported stays where it is.</summary>
[Cmdlet(VerbsCommon.Remove, "BatchExport", DefaultParameterSetName = ProjectSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
public sealed class RemoveBatchExportCommand : ProjectOrOrganizationCmdlet
{
    /// <summary>Ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, Id, async id =>
        {
            if (!await pipeline.ShouldProcessAsync(Seen.Describe(Service, id), "Remove batch export", isForced: Force && !IsTyped("Confirm")))
                return;

            await Client.Exports.DeleteAsync(Scope, id, cancellationToken);
            Seen.By(Service).ForgetExport(id);
        });
}
