using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Finds the intervals of batch exports that lack data.</summary>
[Cmdlet(VerbsCommon.Find, "BatchExportGap", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportGap))]
public sealed class FindBatchExportGapCommand : CoverageCmdlet
{
    /// <inheritdoc />
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public override string[] Id { get; set; } = [];

    [Parameter]
    public SwitchParameter IncludePaused { get; set; }

    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => ForEachJobAsync(
        pipeline,
        Jobs,
        "Reading runs",
        (job, export, stop) => job.Api.Coverage.FindGapsAsync(export, Start(job), Before, IncludePaused, stop),
        pipeline.WriteEachAsync,
        cancellationToken);
}
