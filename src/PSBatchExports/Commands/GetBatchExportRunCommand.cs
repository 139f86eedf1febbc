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
public sealed class GetBatchExportRunCommand : ProjectCmdlet
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

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (OnDemand)
            return GetOnDemandAsync(pipeline, cancellationToken);

        var runs = Ids.NonEmpty(RunId);
        if (Ids.NonEmpty(BatchExportId) is not { } exports)
            return GetWithoutExportAsync(pipeline, runs, cancellationToken);

        return ForEachExportAsync(
            pipeline,
            exports,
            export => GetScheduledAsync(pipeline, export, runs, cancellationToken),
            cancellationToken,
            ErrorContext.Export);
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

    private async Task GetScheduledAsync(
        AsyncPipeline pipeline,
        string export,
        IReadOnlyList<string>? runs,
        CancellationToken cancellationToken)
    {
        if (runs is not null)
        {
            await GetByIdAsync(pipeline, runs, id => Api.Runs.GetAsync(export, id, cancellationToken), Query().Matches);
            return;
        }

        if (RunId is { Length: 0 } || BackfillId is { Length: 0 })
            return;

        var query = Query() with { BackfillIds = Ids.NonEmpty(BackfillId) };
        if (query.HasSilentWindow)
            pipeline.WriteVerbose($"Runs of {Service.Known.Describe(export)} since {WindowStart()}, the service's window of seven days.");

        var found = false;
        var list = Api.Runs.ListAsync(export, query, PagingParameters.ToPaging(pipeline), cancellationToken);
        await pipeline.WriteAllAsync(list, "Getting runs", _ => found = true, cancellationToken);
        if (found || PagingParameters is not { First: > 0, Skip: 0 })
            return;

        if (await ExportExistsAsync(pipeline, export, cancellationToken) && query.HasSilentWindow)
            WarnOfWindow(pipeline, export, query);
    }

    private void WarnOfWindow(AsyncPipeline pipeline, string export, RunQuery query)
    {
        var name = Service.Known.Describe(export);
        var what = query == new RunQuery() ? $"{name} has no runs" : $"No such run of {name}";
        var parameter = query.GoesByInterval ? "-IntervalStart" : "-After";
        pipeline.WriteWarning($"{what} since {WindowStart()}: the service looks back seven days unless told otherwise. "
            + $"Look further back with {parameter}.");
    }

    private string WindowStart() =>
        FormattableString.Invariant($"{(Client.ServerTime - RunQuery.DefaultWindow).UtcDateTime:yyyy-MM-dd HH:mm}Z");
}
