using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Scheduled exports: updating, pausing and deleting them, and the organization level.</summary>
internal static class ExportUpdateCases
{
    public static IEnumerable<ConformanceCase> All =>
    [
        new("update-batch-export.200", s =>
        {
            s.AddExport("create-batch-export.201");
            return s.SendAsync(HttpMethod.Patch, Export, new JsonObject
            {
                ["name"] = "Events to S3 (renamed)",
                ["interval"] = "day",
                ["timezone"] = "Europe/Berlin",
                ["offset_hour"] = 4,
            });
        }),
        Patch("update-batch-export.400.model-change", "create-batch-export.201", new JsonObject { ["model"] = "persons" }),
        Patch("update-batch-export.400.type-change", "create-batch-export.201", new JsonObject
        {
            ["destination"] = Fixture.Json("create-batch-export.request.snowflake")["destination"]!.DeepClone(),
        }),
        Patch("update-batch-export.400.redshift-integration-sticky", "retrieve-batch-export.200.redshift-copy", new JsonObject
        {
            ["destination"] = new JsonObject { ["type"] = "Redshift", ["config"] = new JsonObject { ["schema"] = "posthog" } },
        }),
        Accepted("update-batch-export.request.rename"),
        Accepted("update-batch-export.request.schedule"),
        Accepted("update-batch-export.request.config-merge"),
        Accepted("update-batch-export.request.clear-filters"),
        new("update-batch-export.request.bigquery-resend-integration", async s =>
        {
            var id = await s.CreateExportAsync("create-batch-export.request.bigquery");
            var body = Fixture.Json("update-batch-export.request.bigquery-resend-integration");
            return await s.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", body);
        }),
        new("replace-batch-export.request", s =>
        {
            s.AddExport("create-batch-export.201");
            return s.SendAsync(HttpMethod.Put, Export, Fixture.Json("replace-batch-export.request"));
        }),
        new("delete-batch-export.204.http", s =>
        {
            s.AddExport("create-batch-export.201");
            return s.SendAsync(HttpMethod.Delete, Export);
        }),
        Post("pause.200", "pause/"),
        Post("unpause.200", "unpause/"),
        Post("unpause.request", "unpause/", Fixture.Json("unpause.request"), paused: true),
        Post("unpause.400.backfill-not-bool", "unpause/", new JsonObject { ["backfill"] = "maybe" }),
        Post("pause.400.schedule-missing", "pause/", scheduleMissing: true),
        Post("unpause.400.schedule-missing", "unpause/", paused: true, scheduleMissing: true),
        Post("access-control.403", "pause/", key: WellKnown.ViewerKey),
        new("org-create-batch-export.201", s => s.PostAsync(
            OrganizationLevel + "/batch_exports/",
            RequestBodies.Export(b => b["name"] = "Created at organization level")))
        {
            AdjustExpected = ExportCases.OnlySentKeys,
        },
        new("org-create-batch-export.500", s =>
            s.PostAsync(OrganizationLevel + "/batch_exports/", Fixture.Json("create-batch-export.request.aws-s3")))
        {
            Options = o => o with { OlderServer = true },
        },
        new("org-list-batch-exports.200", s =>
        {
            s.State.Exports.Where(e => e.ProjectId == 12399).ToList().ForEach(e => s.Forget(e));
            foreach (var export in Fixture.Json("org-list-batch-exports.200")["results"]!.AsArray())
                s.AddExport(export!.AsObject());
            return s.GetAsync(OrganizationLevel + "/batch_exports/");
        }),
    ];

    private static string Export => $"{Exports}{FixtureState.ExportId}/";

    private static void Forget(this TestServer server, StoredExport export) => server.State.RemoveExport(export);

    private static ConformanceCase Patch(string fixture, string stored, JsonObject body) => new(fixture, s =>
    {
        var id = s.AddExport(stored).Id;
        return s.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", body);
    });

    private static ConformanceCase Accepted(string fixture) => Patch(fixture, "create-batch-export.201", Fixture.Json(fixture).AsObject());

    private static ConformanceCase Post(
        string fixture,
        string action,
        JsonNode? body = null,
        bool paused = false,
        bool scheduleMissing = false,
        string key = EmulatorOptions.DefaultApiKey) => new(fixture, s =>
    {
        var export = s.AddExport("create-batch-export.201");
        export.Paused = paused;
        export.LastPausedAt = paused ? s.Clock.GetUtcNow().AddHours(-2) : null;
        export.ScheduleMissing = scheduleMissing;
        return s.PostAsync(Export + action, body, key);
    });
}
