using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets runs of scheduled exports, or with -OnDemand runs on demand, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportRun", DefaultParameterSetName = ScheduledSet, SupportsPaging = true, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
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
            return OnDemandAsync(pipeline, cancellationToken);

        var runs = Ids.Given(RunId);
        return Ids.Given(BatchExportId) is { } exports
            ? ForEachExportAsync(pipeline, exports, export => ScheduledAsync(pipeline, export, runs, cancellationToken), cancellationToken, ErrorContext.Export)
            : WithoutExportAsync(pipeline, runs, cancellationToken);
    }

    // A piped run without an export is a run on demand; an empty list is nothing.
    private Task WithoutExportAsync(AsyncPipeline pipeline, IReadOnlyList<string>? runs, CancellationToken cancellationToken)
    {
        if (runs is not null)
            return OnDemandByIdAsync(pipeline, runs, cancellationToken);

        if (BatchExportId is not { Length: 0 })
            pipeline.WriteError(ErrorRecords.NoExportForRuns(isGiven: MyInvocation.ExpectingInput || IsTyped(nameof(BatchExportId))));

        return Task.CompletedTask;
    }

    private Task OnDemandAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (RunId is not null)
            return OnDemandByIdAsync(pipeline, RunId, cancellationToken);

        // An id that is null by mistake must not mean all runs.
        if (MyInvocation.ExpectingInput || IsTyped(nameof(RunId)))
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

    private Task OnDemandByIdAsync(AsyncPipeline pipeline, IReadOnlyList<string> runs, CancellationToken cancellationToken) =>
        ByIdAsync(pipeline, runs, id => Api.OnDemandRuns.GetAsync(id, cancellationToken));

    private async Task ByIdAsync(AsyncPipeline pipeline, IReadOnlyList<string> runs, Func<string, Task<BatchExportRun>> getAsync, Func<BatchExportRun, bool>? filter = null)
    {
        if (runs.Count == 0)
            return;

        _byId ??= new PagedItems(PagingParameters);
        await _byId.TellTotalAsync(pipeline, MyInvocation.ExpectingInput || !OnDemand ? null : runs.Count);
        await ForEachAsync(pipeline, runs.TakeWhile(_ => !_byId.IsEnough), async id =>
        {
            if (await getAsync(id) is var run && filter?.Invoke(run) != false)
                await _byId.WriteAsync(pipeline, run);
        });
    }

    private RunQuery Query() => new() { Statuses = Status, After = After, Before = Before, IntervalStart = IntervalStart, IntervalEnd = IntervalEnd, OrderBy = OrderBy };

    private async Task ScheduledAsync(AsyncPipeline pipeline, string export, IReadOnlyList<string>? runs, CancellationToken cancellationToken)
    {
        if (runs is not null)
        {
            await ByIdAsync(pipeline, runs, id => Api.Runs.GetAsync(export, id, cancellationToken), Query().Matches);
            return;
        }

        if (RunId is { Length: 0 } || BackfillId is { Length: 0 })
            return;

        var query = Query() with { BackfillIds = Ids.Given(BackfillId) };
        if (query.HasSilentWindow)
            pipeline.WriteVerbose($"Runs of {Service.Known.Describe(export)} since {WindowStart()}, the service's window of seven days.");

        var found = false;
        await pipeline.WriteAllAsync(Api.Runs.ListAsync(export, query, PagingParameters.ToPaging(pipeline), cancellationToken), "Getting runs", _ => found = true, cancellationToken);
        if (found || PagingParameters is not { First: > 0, Skip: 0 } || !await IsThereAsync(pipeline, export, cancellationToken))
            return;

        if (query.HasSilentWindow)
        {
            var what = query == new RunQuery() ? $"{Service.Known.Describe(export)} has no runs" : $"No such run of {Service.Known.Describe(export)}";
            pipeline.WriteWarning($"{what} since {WindowStart()}: the service looks back seven days unless told otherwise. Look further back with {(query.GoesByInterval ? "-IntervalStart" : "-After")}.");
        }
    }

    private string WindowStart() => FormattableString.Invariant($"{(Client.ServerTime - RunQuery.DefaultWindow).UtcDateTime:yyyy-MM-dd HH:mm}Z");
}
