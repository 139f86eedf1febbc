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
        On("GET", "batch_exports", Route.Read, List),
        On("POST", "batch_exports", Route.Write, Create),
        On("GET", "batch_exports/{id}", Route.Read, Retrieve),
        On("PUT", "batch_exports/{id}", Route.Write, context => Update(context, partial: false)),
        On("PATCH", "batch_exports/{id}", Route.Write, context => Update(context, partial: true)),
        On("DELETE", "batch_exports/{id}", Route.Write, Delete),
        On("POST", "batch_exports/{id}/pause", Route.Write, Pause),
        On("POST", "batch_exports/{id}/unpause", Route.Write, Unpause),
    ];

    private Route On(string method, string template, string scope, Func<ApiContext, Answer> handler) =>
        new(method, template, scope, Endpoint.Locked(state, handler)) { OnOrganizations = true };

    private Answer List(ApiContext context)
    {
        var shown = Lookup.ExportsOf(state, context).Where(e => e.DestinationType != "Workflows").ToArray();
        return OffsetPage.Of(shown, context.Request, links, _json.Of);
    }

    private Answer Create(ApiContext context)
    {
        if (context.Prefix == Prefix.Organizations && options.OlderServer)
            throw Problem.Server();
        var export = new ExportRules(state, options, context.Project.Id).Apply(context.Body, current: null, partial: false);
        state.AddExport(export);
        return Answer.Json(201, _json.Of(export));
    }

    private Answer Retrieve(ApiContext context) => Answer.Json(200, _json.Of(Lookup.Export(state, context)));

    private Answer Update(ApiContext context, bool partial)
    {
        var export = Lookup.Export(state, context);
        return Answer.Json(200, _json.Of(new ExportRules(state, options, export.ProjectId).Apply(context.Body, export, partial)));
    }

    private Answer Delete(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        foreach (var run in state.RunsFor(export.Id).Where(r => RunStatus.IsActive(r.Status)))
            run.Finish(RunStatus.Cancelled, state.Now);
        foreach (var backfill in state.Backfills.Where(b => b.ExportId == export.Id && RunStatus.IsActive(b.StatusAt(state.Now))))
            backfill.Force(RunStatus.Cancelled, state.Now);
        state.RemoveExport(export);
        return Answer.Empty(204);
    }

    private Answer Pause(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        if (!export.Paused)
        {
            RequireSchedule(export, "pause");
            export.Paused = true;
            export.LastPausedAt = state.Now;
            export.LastUpdatedAt = state.Now;
        }

        return Answer.Json(200, new JsonObject { ["paused"] = true });
    }

    private Answer Unpause(ApiContext context)
    {
        var export = Lookup.Export(state, context);
        var fields = new Fields(context.Body);
        fields.RefuseNull("backfill");
        var backfill = fields.Flag("backfill") ?? false;
        if (export.Paused)
        {
            RequireSchedule(export, "unpause");
            if (backfill && export.LastPausedAt is { } pausedAt)
                backfills.Start(export, pausedAt, state.Now);
            export.Paused = false;
            export.LastUpdatedAt = state.Now;
        }

        return Answer.Json(200, new JsonObject { ["paused"] = false });
    }

    private static void RequireSchedule(StoredExport export, string verb)
    {
        if (export.ScheduleMissing)
            throw Problem.Invalid($"Invalid request to {verb} a BatchExport could not be carried out");
    }
}
