using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Scheduled exports: list, create, retrieve, update, delete, pause, unpause.</summary>
internal sealed class ExportEndpoints(EmulatorState state, EmulatorOptions options, PageLinks links, BackfillFactory backfills)
{
    private readonly ExportJson _json = new(state, options.OlderServer);

    public IEnumerable<Route> Routes =>
    [
        Map("GET", "batch_exports", Route.Read, List),
        Map("POST", "batch_exports", Route.Write, Create),
        Map("GET", "batch_exports/{id}", Route.Read, Retrieve),
        Map("PUT", "batch_exports/{id}", Route.Write, context => Update(context, partial: false)),
        Map("PATCH", "batch_exports/{id}", Route.Write, context => Update(context, partial: true)),
        Map("DELETE", "batch_exports/{id}", Route.Write, Delete),
        Map("POST", "batch_exports/{id}/pause", Route.Write, Pause),
        Map("POST", "batch_exports/{id}/unpause", Route.Write, Unpause),
    ];

    private Route Map(string method, string template, string scope, Func<ApiContext, EmulatorResponse> handler) =>
        new(method, template, scope, Endpoints.Locked(state, handler)) { OnOrganizations = true };

    private EmulatorResponse List(ApiContext context)
    {
        var shown = Lookup.ExportsOf(state, context).Where(e => e.DestinationType != "Workflows").ToArray();
        return OffsetPage.Create(shown, context.Request, links, _json.Create);
    }

    private EmulatorResponse Create(ApiContext context)
    {
        if (context.Prefix == Prefix.Organizations && options.OlderServer)
            throw Problem.Server();

        var export = new ExportRules(state, options, context.Project.Id).Apply(context.Body, current: null, partial: false);
        state.AddExport(export);
        return EmulatorResponse.Json(201, _json.Create(export));
    }

    private EmulatorResponse Retrieve(ApiContext context) => EmulatorResponse.Json(200, _json.Create(Lookup.Export(state, context)));

    private EmulatorResponse Update(ApiContext context, bool partial)
    {
        var export = Lookup.Export(state, context);
        var updated = new ExportRules(state, options, export.ProjectId).Apply(context.Body, export, partial);
        return EmulatorResponse.Json(200, _json.Create(updated));
    }

    private EmulatorResponse Delete(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        foreach (var run in state.AdvanceRunsOf(export.Id).Active)
            run.Finish(RunStatus.Cancelled, state.Now);
        foreach (var backfill in state.Backfills.Where(b => b.ExportId == export.Id && RunStatus.IsActive(b.StatusAt(state.Now))))
            backfill.Force(RunStatus.Cancelled, state.Now);
        state.RemoveExport(export);
        return EmulatorResponse.Empty(204);
    }

    private EmulatorResponse Pause(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        if (!export.Paused)
        {
            RequireSchedule(export, "pause");
            export.Paused = true;
            export.LastPausedAt = state.Now;
            export.LastUpdatedAt = state.Now;
        }

        return EmulatorResponse.Json(200, new JsonObject { ["paused"] = true });
    }

    private EmulatorResponse Unpause(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        var fields = new Fields(context.Body);
        fields.RejectNull("backfill");
        var backfill = fields.Flag("backfill") ?? false;
        if (export.Paused)
        {
            RequireSchedule(export, "unpause");
            if (backfill && export.LastPausedAt is { } pausedAt)
                backfills.Start(export, pausedAt, state.Now);
            export.Paused = false;
            export.LastUpdatedAt = state.Now;
        }

        return EmulatorResponse.Json(200, new JsonObject { ["paused"] = false });
    }

    private static void RequireSchedule(StoredExport export, string verb)
    {
        if (export.ScheduleMissing)
            throw Problem.Invalid($"Invalid request to {verb} a BatchExport could not be carried out");
    }
}
