using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Runs of scheduled exports: list, retrieve, cancel, retry.</summary>
internal sealed class RunEndpoints(EmulatorState state, PageLinks links, BackfillFactory backfills, EmulatorOptions options)
{
    private const int PageSize = 100;
    private const string DefaultWindow = "-7d";
    private const string Path = "batch_exports/{export}/runs";

    public IEnumerable<Route> Routes =>
    [
        new("GET", Path, Route.Read, Endpoints.Locked(state, List)),
        new("GET", Path + "/{id}", Route.Read, Endpoints.Locked(state, Retrieve)),
        new("POST", Path + "/{id}/cancel", Route.Write, Endpoints.Locked(state, Cancel)),
        new("POST", Path + "/{id}/retry", Route.Write, Endpoints.Locked(state, Retry)),
    ];

    private EmulatorResponse List(ApiContext context)
    {
        var list = Filtered(context);
        return CursorPage.Create(
            list, context.Request, links, PageSize, run => run.Id.ToString(), RunJson.Create, list.IndexOf, list.IsListed);
    }

    private EmulatorResponse Retrieve(ApiContext context) => EmulatorResponse.Json(200, RunJson.Create(Find(context)));

    private ScheduledRun Find(ApiContext context) =>
        Filtered(context).Find(context.Id("id")) ?? throw Problem.NotFound();

    /// <summary>The runs that match the query's window and filters, which also apply to actions on a single run.</summary>
    private RunList Filtered(ApiContext context)
    {
        var request = context.Request;
        var statuses = Statuses(request);
        if (Lookup.FindExport(state, context, "export") is not { } export)
            return options.UnknownExportNotFound ? throw Problem.NotFound() : RunList.Empty;

        var runs = state.AdvanceRunsOf(export.Id);
        var ordering = request.Parameter("ordering");
        var list = ordering is "data_interval_start" or "-data_interval_start"
            ? RunList.ByInterval(runs, Window(request, "start", "end"))
            : RunList.ByCreation(runs, Window(request, "after", "before"));
        return list with
        {
            IsDescending = ordering is not ("data_interval_start" or "created_at"),
            Statuses = statuses,
        };
    }

    private (DateTimeOffset From, DateTimeOffset To) Window(EmulatorRequest request, string from, string to)
    {
        var now = state.Now;
        return (
            RelativeTime.Parse(request.Parameter(from) ?? DefaultWindow, now),
            request.Parameter(to) is { } end ? RelativeTime.Parse(end, now) : now);
    }

    private string[] Statuses(EmulatorRequest request)
    {
        if (options.OlderServer || !request.Parameters.TryGetValue("status", out var values))
            return [];

        for (var index = 0; index < values.Count; index++)
        {
            if (!RunStatus.All.Contains(values[index], StringComparer.Ordinal))
                throw Problem.Choice(values[index] ?? "", FormattableString.Invariant($"status__{index}"));
        }

        return [.. values.Select(v => v!)];
    }

    private EmulatorResponse Cancel(ApiContext context)
    {
        var run = Find(context);
        if (!RunStatus.IsActive(run.Status))
            throw Problem.Invalid($"Cannot cancel a run that is in '{run.Status}' status");

        if (!state.IgnoreCancellations)
            run.Finish(RunStatus.Cancelled, state.Now);
        return EmulatorResponse.Json(200, new JsonObject { ["cancelled"] = true });
    }

    private EmulatorResponse Retry(ApiContext context)
    {
        var run = Find(context);
        var export = Lookup.FindExport(state, context, "export")!;
        if (state.Backfills.Any(b => b.ExportId == export.Id && IsSameInterval(b, run) && RunStatus.IsActive(b.StatusAt(state.Now))))
            throw Problem.Server();

        var backfill = backfills.Start(export, run.DataIntervalStart, run.DataIntervalEnd);
        return EmulatorResponse.Json(201, new JsonObject { ["backfill_id"] = BackfillFactory.WorkflowId(backfill) });
    }

    private static bool IsSameInterval(StoredBackfill backfill, ScheduledRun run) =>
        backfill.StartAt == run.DataIntervalStart && backfill.EndAt == run.DataIntervalEnd;
}
