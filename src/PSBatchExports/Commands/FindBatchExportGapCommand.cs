using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;

namespace PSBatchExports.Commands;

/// <summary>Finds the intervals of batch exports that lack data.</summary>
[Cmdlet(VerbsCommon.Find, "BatchExportGap", HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportGap))]
public sealed class FindBatchExportGapCommand : CoverageCmdlet
{
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
