using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Counts the rows that HogQL queries would export. Exports nothing; the service takes half a minute at most.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BatchExportQuery", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportQueryMeasure))]
public sealed class MeasureBatchExportQueryCommand : ProjectCmdlet
{
    /// <summary>The query.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string HogQLQuery { get; set; } = "";

    /// <summary>Modifiers of the query.</summary>
    [Parameter]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    /// <summary>Times in UTC, not in the project's time zone: the modifier convertToProjectTimezone as false.</summary>
    [Parameter]
    public SwitchParameter Utc { get; set; }

    /// <summary>Value of {data_interval_start}. Text without an offset is UTC.</summary>
    [Parameter]
    [TimeTransformation]
    public TimeArgument? DataIntervalStart { get; set; }

    /// <summary>Value of {data_interval_end}. Text without an offset is UTC.</summary>
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
