using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Cancels runs that go on, on demand or of a scheduled export.</summary>
[Cmdlet(VerbsLifecycle.Stop, "BatchExportRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class StopBatchExportRunCommand : ProjectCmdlet
{
    /// <summary>Ids of runs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    /// <summary>The export of scheduled runs. Default: none, for runs on demand.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string? BatchExportId { get; set; }

    /// <summary>Puts out the run; costs one more request.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            if (!await pipeline.ShouldProcessAsync(id, "Cancel run"))
                return;

            await StopAsync(id, cancellationToken);
            if (PassThru)
                await pipeline.WriteObjectAsync(await GetAsync(id, cancellationToken));
        });

    private Task StopAsync(string id, CancellationToken cancellationToken) => string.IsNullOrEmpty(BatchExportId)
        ? Client.OnDemandRuns.StopAsync(Scope, id, cancellationToken)
        : Client.Runs.StopAsync(Scope, BatchExportId, id, cancellationToken);

    private Task<BatchExportRun> GetAsync(string id, CancellationToken cancellationToken) => string.IsNullOrEmpty(BatchExportId)
        ? Client.OnDemandRuns.GetAsync(Scope, id, cancellationToken)
        : Client.Runs.GetAsync(Scope, BatchExportId, id, cancellationToken);
}
