using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Counts the rows that HogQL queries would export, without exporting them.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BatchExportQuery", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportQueryMeasure))]
public sealed class MeasureBatchExportQueryCommand : ProjectCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string HogQLQuery { get; set; } = "";

    [Parameter]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    [Parameter]
    public SwitchParameter Utc { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? DataIntervalStart { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? DataIntervalEnd { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Query;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, HogQLQuery, async () =>
        {
            var request = new OnDemandRunRequest
            {
                Model = "hogql",
                HogQLQuery = HogQLQuery,
                HogQLModifiers = QueryModifiers.From(HogQLModifier, Utc),
                DataIntervalStart = DataIntervalStart,
                DataIntervalEnd = DataIntervalEnd,
            };
            await pipeline.WriteObjectAsync(new BatchExportQueryMeasure
            {
                Count = await Api.OnDemandRuns.CountRowsAsync(request, cancellationToken),
                HogQLQuery = HogQLQuery,
                DataIntervalStart = DataIntervalStart,
                DataIntervalEnd = DataIntervalEnd,
                ProjectId = Scope.ProjectNumber,
            });
        });
}
