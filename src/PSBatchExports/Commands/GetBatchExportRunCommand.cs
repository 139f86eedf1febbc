using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets runs of scheduled exports, or on-demand runs with -OnDemand, newest first.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExportRun",
    DefaultParameterSetName = ScheduledSet,
    SupportsPaging = true,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class GetBatchExportRunCommand : ExportListsCmdlet<BatchExportRun>
{
    private const string ScheduledSet = "Scheduled";
    private const string OnDemandSet = "OnDemand";
    private PagedItems? _byId;

    [Parameter(ParameterSetName = ScheduledSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[]? BatchExportId { get; set; }

    [Parameter(ParameterSetName = OnDemandSet, Mandatory = true)]
    public SwitchParameter OnDemand { get; set; }

    [Parameter(ParameterSetName = ScheduledSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = OnDemandSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId")]
    [AllowEmptyCollection]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[]? RunId { get; set; }

    [Parameter(ParameterSetName = ScheduledSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.BackfillIdCompleter))]
    public string[]? BackfillId { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [ArgumentCompleter(typeof(Completers.RunStatusCompleter))]
    public string[]? Status { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [TimeTransformation]
    public TimeArgument? After { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [TimeTransformation]
    public TimeArgument? Before { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [TimeTransformation]
    public TimeArgument? IntervalStart { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [TimeTransformation]
    public TimeArgument? IntervalEnd { get; set; }

    [Parameter(ParameterSetName = ScheduledSet)]
    [ArgumentCompleter(typeof(Completers.RunOrderCompleter))]
    public string? OrderBy { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override string Activity => "Getting runs";

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (OnDemand)
            return GetOnDemandAsync(pipeline, cancellationToken);

        var runs = Ids.NonEmpty(RunId);
        if (Ids.NonEmpty(BatchExportId) is not { } exports)
            return GetWithoutExportAsync(pipeline, runs, cancellationToken);

        if (runs is not null)
        {
            return ForEachExportAsync(
                pipeline,
                exports,
                export => GetByIdAsync(pipeline, runs, id => Api.Runs.GetAsync(export, id, cancellationToken), Query().Matches),
                cancellationToken,
                ErrorContext.Export);
        }

        if (RunId is { Length: 0 } || BackfillId is { Length: 0 })
            return Task.CompletedTask;

        var query = Query() with { BackfillIds = Ids.NonEmpty(BackfillId) };
        return ListAsync(
            pipeline, exports, (api, export, paging, stop) => api.Runs.ListAsync(export, query, paging, stop), cancellationToken);
    }

    // A run without an export is an on-demand run.
    private Task GetWithoutExportAsync(AsyncPipeline pipeline, IReadOnlyList<string>? runs, CancellationToken cancellationToken)
    {
        if (runs is not null)
            return GetOnDemandByIdAsync(pipeline, runs, cancellationToken);

        if (BatchExportId is not { Length: 0 })
            pipeline.WriteError(ErrorRecords.NoExportForRuns(isGiven: MyInvocation.ExpectingInput || IsBound(nameof(BatchExportId))));

        return Task.CompletedTask;
    }

    private Task GetOnDemandAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (RunId is not null)
            return GetOnDemandByIdAsync(pipeline, RunId, cancellationToken);

        // A run id that is null by mistake must not select all runs.
        if (MyInvocation.ExpectingInput || IsBound(nameof(RunId)))
        {
            pipeline.WriteError(ErrorRecords.NoRunId());
            return Task.CompletedTask;
        }

        return ForItemAsync(pipeline, Scope.Id, () => pipeline.WriteAllAsync(
            Api.OnDemandRuns.ListAsync(PagingParameters.ToPaging(pipeline), cancellationToken),
            "Getting runs",
            onItem: null,
            cancellationToken));
    }

    private Task GetOnDemandByIdAsync(AsyncPipeline pipeline, IReadOnlyList<string> runs, CancellationToken cancellationToken) =>
        GetByIdAsync(pipeline, runs, id => Api.OnDemandRuns.GetAsync(id, cancellationToken));

    private async Task GetByIdAsync(
        AsyncPipeline pipeline,
        IReadOnlyList<string> runs,
        Func<string, Task<BatchExportRun>> getAsync,
        Func<BatchExportRun, bool>? filter = null)
    {
        if (runs.Count == 0)
            return;

        _byId ??= new PagedItems(PagingParameters);
        await _byId.WriteTotalCountAsync(pipeline, MyInvocation.ExpectingInput || !OnDemand ? null : runs.Count);
        await ForEachAsync(pipeline, runs.TakeWhile(_ => !_byId.IsDone), async id =>
        {
            var run = await getAsync(id);
            if (filter?.Invoke(run) != false)
                await _byId.WriteAsync(pipeline, run);
        });
    }

    private RunQuery Query() => new()
    {
        Statuses = Status,
        After = After,
        Before = Before,
        IntervalStart = IntervalStart,
        IntervalEnd = IntervalEnd,
        OrderBy = OrderBy,
    };

    private protected override void OnWriting(AsyncPipeline pipeline, ExportList<BatchExportRun> list)
    {
        if (Query().HasSilentWindow)
            pipeline.WriteVerbose($"Runs of {NameOf(list)} since {WindowStart(list)}, the service's window of seven days.");
    }

    private protected override void OnEmpty(AsyncPipeline pipeline, ExportList<BatchExportRun> list)
    {
        var query = Query();
        if (!query.HasSilentWindow)
            return;

        var what = query == new RunQuery() && BackfillId is null ? $"{NameOf(list)} has no runs" : $"No such run of {NameOf(list)}";
        var parameter = query.GoesByInterval ? "-IntervalStart" : "-After";
        pipeline.WriteWarning($"{what} since {WindowStart(list)}: the service looks back seven days unless told otherwise. "
            + $"Look further back with {parameter}.");
    }

    private static string NameOf(ExportList<BatchExportRun> list) => list.Place.Service.Known.Describe(list.Id);

    private static string WindowStart(ExportList<BatchExportRun> list) =>
        FormattableString.Invariant($"{(list.Place.Client.ServerTime - RunQuery.DefaultWindow).UtcDateTime:yyyy-MM-dd HH:mm}Z");
}
