using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Starts backfills, which run scheduled exports for a period in the past.</summary>
[Cmdlet(
    VerbsLifecycle.Start, "BatchExportBackfill",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(StartedBatchExportBackfill))]
public sealed class StartBatchExportBackfillCommand : ProjectCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] BatchExportId { get; set; } = [];

    [Parameter]
    [TimeTransformation]
    public TimeArgument? StartAt { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? EndAt { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.NewBackfill;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (BatchExportId.Length > 0 && EndAt is null)
            throw new TerminatingErrorException(ErrorRecords.BackfillEndMissing(MyInvocation.ExpectingInput));

        return ForEachExportAsync(pipeline, BatchExportId, async export =>
        {
            var action = $"Backfill from {Describe(StartAt)} to {Describe(EndAt)}";
            if (!await pipeline.ShouldProcessAsync(Service.Known.Describe(export) + TargetSuffix(), action))
                return;

            var id = await Api.Backfills.StartAsync(export, StartAt, EndAt!.Value, cancellationToken);
            await pipeline.WriteObjectAsync(Service.Stamp(new StartedBatchExportBackfill
            {
                BatchExportId = export,
                BackfillId = id,
                ProjectId = Scope.ProjectNumber,
            }));
        }, cancellationToken);
    }

    private static string Describe(DateTimeOffset? bound) =>
        bound is { } time ? FormattableString.Invariant($"{time:yyyy-MM-dd HH:mm zzz}") : "the beginning of time";
}
