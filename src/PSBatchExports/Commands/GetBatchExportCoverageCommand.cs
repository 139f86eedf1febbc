using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets which intervals of batch exports were exported, and which were not.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportCoverage", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportCoverage))]
public sealed class GetBatchExportCoverageCommand : CoverageCmdlet
{
    /// <inheritdoc />
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public override string[] Id { get; set; } = [];

    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => ForEachJobAsync(
        pipeline,
        Jobs,
        "Reading runs",
        (job, export, stop) => job.Api.Coverage.GetAsync(export, Start(job), Before, stop),
        pipeline.WriteEachAsync,
        cancellationToken);
}
