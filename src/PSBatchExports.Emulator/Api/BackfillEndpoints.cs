using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Backfills: list, create, retrieve, cancel.</summary>
internal sealed class BackfillEndpoints(EmulatorState state, EmulatorOptions options, PageLinks links, BackfillFactory backfills)
{
    private const int PageSize = 50;
    private const string Path = "batch_exports/{export}/backfills";

    public IEnumerable<Route> Routes
    {
        get
        {
            yield return new("GET", Path, Route.Read, Endpoints.Locked(state, List));
            yield return new("POST", Path, Route.Write, Endpoints.Locked(state, Create));
            yield return new("GET", Path + "/{id}", Route.Read, Endpoints.Locked(state, Retrieve));
            yield return new("POST", Path + "/{id}/cancel", Route.Write, Endpoints.Locked(state, Cancel));
            if (options.OlderServer)
                yield return new("POST", "batch_exports/{export}/backfill", Route.Write, Endpoints.Locked(state, Create));
        }
    }

    private JsonObject Json(StoredBackfill backfill) => BackfillJson.Create(backfill, state.Now, options.OlderServer);

    private EmulatorResponse List(ApiContext context)
    {
        var found = Visible(context);
        var ordered = context.Request.Parameter("ordering") switch
        {
            "created_at" => found.OrderBy(b => b.CreatedAt).ThenBy(b => b.Id),
            "start_at" => found.OrderBy(b => b.StartAt).ThenBy(b => b.Id),
            "-start_at" => found.OrderByDescending(b => b.StartAt).ThenByDescending(b => b.Id),
            _ => found.OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Id),
        };
        return CursorPage.Create([.. ordered], context.Request, links, PageSize, b => b.Id.ToString(), Json);
    }

    private IEnumerable<StoredBackfill> Visible(ApiContext context)
    {
        var export = Lookup.FindExport(state, context, "export");
        if (export is null && options.UnknownExportNotFound)
            throw Problem.NotFound();

        return state.Backfills.Where(b => b.ExportId == export?.Id && b.VisibleFrom <= state.Now);
    }

    private EmulatorResponse Retrieve(ApiContext context) => EmulatorResponse.Json(200, Json(Find(context)));

    private StoredBackfill Find(ApiContext context)
    {
        var id = context.Id("id");
        return Visible(context).FirstOrDefault(b => b.Id == id) ?? throw Problem.NotFound();
    }

    private EmulatorResponse Create(ApiContext context)
    {
        var export = Lookup.FindExport(state, context, "export") ?? throw Problem.NotFound("BatchExport not found.");
        var body = context.Body;
        if (body["start_at"] is null)
            CheckOpenStart(export);
        CheckLimit(export);
        var start = BackfillBound.Read(body["start_at"], export);
        var end = BackfillBound.Read(body["end_at"], export);
        if (start >= end)
            throw Problem.Invalid("The initial backfill datetime 'start_at' must be before 'end_at'");

        if (end > state.Now)
            throw Problem.Invalid($"The provided 'end_at' ({WireTime.WithOffset(end.Value)}) is in the future");

        if (end is null && export.DestinationType is not ("HTTP" or "NoOp"))
            throw Problem.Server();

        var backfill = backfills.Start(export, start, end ?? state.Now);
        var id = options.OlderServer ? BackfillFactory.WorkflowId(backfill) : backfill.Id.ToString();
        return EmulatorResponse.Json(201, new JsonObject { ["backfill_id"] = id });
    }

    private void CheckOpenStart(StoredExport export)
    {
        if (!options.BackfillFromBeginning)
            throw Problem.Invalid("Backfilling from the beginning of time is not enabled for this team.");

        if (export.HogQLQuery?.Contains("{data_interval_start}", StringComparison.Ordinal) == true)
        {
            throw Problem.Invalid(
                "This query references {data_interval_start}, which is unavailable when backfilling from the beginning of time. "
                + "Provide 'start_at' or remove {data_interval_start} from the query.");
        }
    }

    private void CheckLimit(StoredExport export)
    {
        var active = state.Backfills.Count(b => b.ProjectId == export.ProjectId && RunStatus.IsActive(b.StatusAt(state.Now)));
        if (active >= options.ConcurrentBackfillLimit)
        {
            var limit = options.ConcurrentBackfillLimit.ToString(CultureInfo.InvariantCulture);
            throw Problem.TooMany(
                "too_many_concurrent_backfills",
                $"This team already has {limit} batch export backfills running. "
                + "Wait for some to finish or cancel them before creating more.");
        }
    }

    private EmulatorResponse Cancel(ApiContext context)
    {
        var backfill = Find(context);
        var status = backfill.StatusAt(state.Now);
        if (!RunStatus.IsActive(status))
            throw Problem.Invalid($"Cannot cancel a backfill that is in '{status}' status");

        if (!state.IgnoreCancellations)
            state.CancelBackfill(backfill);
        return EmulatorResponse.Json(200, new JsonObject { ["cancelled"] = true });
    }
}
