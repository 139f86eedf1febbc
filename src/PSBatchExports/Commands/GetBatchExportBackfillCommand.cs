using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets backfills of scheduled exports, newest first, with their progress.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportBackfill", SupportsPaging = true, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportBackfill))]
public sealed class GetBatchExportBackfillCommand : ExportListsCmdlet<BatchExportBackfill>
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] BatchExportId { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.BackfillIdCompleter))]
    public string[]? BackfillId { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.BackfillOrderCompleter))]
    public string? OrderBy { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Backfill;

    private protected override string Activity => "Getting backfills";

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!MyInvocation.ExpectingInput && !IsBound(nameof(BatchExportId)))
        {
            pipeline.WriteError(ErrorRecords.NoExportForBackfills());
            return Task.CompletedTask;
        }

        var backfills = Ids.NonEmpty(BackfillId);
        if (backfills is null && BackfillId is { Length: 0 })
            return Task.CompletedTask;

        return backfills is null
            ? ListAsync(
                pipeline,
                BatchExportId,
                (api, export, paging, stop) => api.Backfills.ListAsync(export, OrderBy, paging, stop),
                cancellationToken)
            : ForEachExportAsync(
                pipeline,
                BatchExportId,
                export => GetAsync(pipeline, export, backfills, cancellationToken),
                cancellationToken,
                ErrorContext.Export);
    }

    private Task GetAsync(AsyncPipeline pipeline, string export, IReadOnlyList<string> backfills, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, backfills, async id => await pipeline.WriteObjectAsync(
            await Api.Backfills.GetAsync(export, id, cancellationToken)));
}
