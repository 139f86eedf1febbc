using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Exports the intervals of scheduled runs again, each by a backfill of exactly that interval.</summary>
[Cmdlet(VerbsLifecycle.Restart, "BatchExportRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(RestartedBatchExportRun))]
public sealed class RestartBatchExportRunCommand : ProjectCmdlet
{
    /// <summary>Ids of runs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    /// <summary>The export of the runs.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string BatchExportId { get; set; } = "";

    private protected override ErrorContext ErrorContext => ErrorContext.Restart;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            if (!await pipeline.ShouldProcessAsync($"{id} of {Seen.Describe(Service, BatchExportId)}", "Run again"))
                return;

            var backfill = await Client.Runs.RestartAsync(Scope, BatchExportId, id, cancellationToken);
            await pipeline.WriteObjectAsync(new RestartedBatchExportRun { BatchExportId = BatchExportId, RunId = id, BackfillId = backfill, ProjectId = Scope.ProjectNumber });
        });
}
