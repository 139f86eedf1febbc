using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Cancels backfills that go on, and their runs.</summary>
[Cmdlet(VerbsLifecycle.Stop, "BatchExportBackfill", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
public sealed class StopBatchExportBackfillCommand : ProjectCmdlet
{
    /// <summary>The export.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string BatchExportId { get; set; } = "";

    /// <summary>Ids of backfills.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.BackfillIdCompleter))]
    public string[] BackfillId { get; set; } = [];

    private protected override ErrorContext ErrorContext => ErrorContext.Backfill;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, BackfillId, async id =>
        {
            if (await pipeline.ShouldProcessAsync($"{id} of {Seen.Describe(Service, BatchExportId)}", "Cancel backfill"))
                await Client.Backfills.StopAsync(Scope, BatchExportId, id, RecentBackfills.Contains(Service, id), cancellationToken);
        });
}
