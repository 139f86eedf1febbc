using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;

namespace PSBatchExports.Commands;

/// <summary>Gets which intervals of batch exports were exported, and which were not.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportCoverage", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportCoverage))]
public sealed class GetBatchExportCoverageCommand : CoverageCmdlet
{
    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => ForEachJobAsync(
        pipeline,
        Jobs,
        "Reading runs",
        (job, export, stop) => job.Api.Coverage.GetAsync(export, Start(job), Before, stop),
        pipeline.WriteEachAsync,
        cancellationToken);
}
