using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Integrations, and exports as they come back after a create.</summary>
internal static class IntegrationCases
{
    private const string Role = "arn:aws:iam::123456789012:role/posthog-export";

    private static readonly string[] Varieties =
    [
        "aws-s3", "aws-s3-role", "s3-compatible", "snowflake", "snowflake-keypair", "postgresql", "redshift-server",
        "redshift-credentials", "redshift-role", "bigquery", "bigquery-key", "databricks", "azure-blob",
    ];

    public static IEnumerable<ConformanceCase> All =>
    [
        .. Varieties.Select(variety => new ConformanceCase($"integration-create.request.{variety}", s => CreateAsync(s, variety))),
        .. Varieties.Select(variety => new ConformanceCase($"integration-create.201.{variety}", s => CreateAsync(s, variety))
        {
            AdjustExpected = json => json["id"] = 1,
        }),
        .. RejectedAws,
        .. Rejected,
        new("integration-create.403.overwrite", s =>
            s.PostAsync(Integrations, Request("postgresql"), WellKnown.MemberKey)),
        List("json"),
        List("kind", "?kind=aws-s3"),
        List("paged", "?limit=1&offset=1", "json"),
        new("integration-list.200.empty", s =>
        {
            s.RemoveIntegrations();
            return s.GetAsync(Integrations);
        }),
        new("integration-list.400.kind", s => s.GetAsync(Integrations + "?kind=s3")),
        Retrieve("integration-retrieve.200"),
        Retrieve("integration-retrieve.200.creator-gone"),
        Retrieve("integration-retrieve.200.older-server") with { Options = o => o with { OlderServer = true } },
        new("integration-retrieve.404", s => s.GetAsync(Integrations + "1/")),
        new("integration-missing-scope-read.403", s => s.GetAsync(Integrations, WellKnown.ReadOnlyKey)),
        new("integration-missing-scope-write.403", s => s.PostAsync(Integrations, Request("aws-s3"), WellKnown.ReadOnlyKey)),
        new("integration-update.403", s => s.SendAsync(HttpMethod.Patch, Integrations + "731/", new JsonObject())),
        new("integration-delete.204.http", s => s.SendAsync(HttpMethod.Delete, Integrations + "731/")),
        new("integration-delete.403.not-admin", s => s.SendAsync(HttpMethod.Delete, Integrations + "731/", key: WellKnown.MemberKey)),
        new("integration-delete.400.in-use", async s =>
        {
            await s.CreateExportAsync(RequestBodies.Export(b => b["name"] = "Persons to S3"));
            return await DeleteUsedAsync(s);
        }),
        new("integration-delete.400.in-use-mixed", s =>
        {
            var used = s.State.Integrations.First(integration => integration.Id == 731);
            s.State.RemoveIntegration(used);
            s.State.AddIntegration(used with { Pipelines = ["Orders webhook"] });
            return DeleteUsedAsync(s);
        }),
        .. RoundTrips,
    ];

    private static IEnumerable<ConformanceCase> RejectedAws =>
    [
        Reject("aws-credentials", "aws-s3", config => config["aws_access_key_id"] = "INVALID"),
        Reject("aws-name-required", "aws-s3", config => config.Remove("name")),
        Reject("aws-secret-required", "aws-s3", config => config.Remove("aws_secret_access_key")),
        Reject("aws-role-invalid", "aws-s3-role", config => config["aws_role_arn"] = "posthog-export"),
        Reject("aws-role-other-organization", "aws-s3-role", prepare: s => s.State.ForeignCredentials.Add(Role)),
        Reject("aws-role-external-id", "aws-s3-role", prepare: s => s.State.OpenRoles.Add(Role)),
        Reject("redshift-inputs", "redshift-server", config => config.Clear()),
        Reject("redshift-username", "redshift-role", config => config.Remove("user")),
        Reject("name-taken", "aws-s3", isAgain: true),
    ];

    private static IEnumerable<ConformanceCase> Rejected =>
    [
        new("integration-create.400.kind-required", s => s.PostAsync(Integrations, new JsonObject())),
        new("integration-create.400.kind-invalid", s => s.PostAsync(Integrations, new JsonObject { ["kind"] = "s3" })),
        new("integration-create.400.kind-not-supported", s =>
            s.PostAsync(Integrations, new JsonObject { ["kind"] = "posthog", ["config"] = new JsonObject() })),
        Reject("azure-account-name", "azure-blob", config => config["connection_string"] = "DefaultEndpointsProtocol=https"),
        Reject("azure-required", "azure-blob", config => config.Clear()),
        Reject("bigquery-incomplete", "bigquery", config => config.Remove("project_id")),
        Reject("bigquery-other-organization", "bigquery", prepare: s =>
            s.State.ForeignCredentials.Add("exporter@acme-analytics.iam.gserviceaccount.example")),
        Reject("databricks-incomplete", "databricks", config => config.Remove("client_id")),
        Reject("databricks-url", "databricks", config => config["server_hostname"] = "https://dbc-00000000-0000.cloud.databricks.example"),
        Reject("postgres-host", "postgresql", config => config["host"] = "10.0.0.5"),
        Reject("postgres-port", "postgresql", config => config["port"] = "many"),
        Reject("postgres-ssl-cert", "postgresql", config => config["ssl_mode"] = "verify-full"),
        Reject("postgres-ssl-mode", "postgresql", config => config["ssl_mode"] = "disable"),
        Reject("s3-endpoint-required", "s3-compatible", config => config.Remove("endpoint_url")),
        Reject("snowflake-account", "snowflake", config => config["account"] = "https://acme.snowflakecomputing.com"),
        Reject("snowflake-incomplete", "snowflake", config => config.Remove("user")),
        Reject("snowflake-password", "snowflake", config => config.Remove("password")),
    ];

    private static IEnumerable<ConformanceCase> RoundTrips =>
    [
        CreateExport("integration-roundtrip.request.s3-minimal", "s3-minimal"),
        CreateExport("integration-roundtrip.request.snowflake-minimal", "snowflake-minimal"),
        CreateExport("integration-roundtrip.201.s3-minimal", "s3-minimal"),
        CreateExport("integration-roundtrip.201.snowflake-minimal", "snowflake-minimal"),
        new("integration-roundtrip.400.empty-filters-persons", s => s.PostAsync(Exports, RequestBodies.Export(b =>
        {
            b["model"] = "persons";
            b["filters"] = new JsonArray();
        }))),
        RetrieveExport("integration-roundtrip.200.older-snowflake"),
        RetrieveExport("integration-roundtrip.200.redshift-inline-copy"),
    ];

    private static JsonObject Request(string variety) => Fixture.Json("integration-create.request." + variety).AsObject();

    private static Task<HttpResponseMessage> CreateAsync(TestServer server, string variety)
    {
        server.RemoveIntegrations();
        return server.PostAsync(Integrations, Request(variety));
    }

    private static ConformanceCase Reject(
        string fixture,
        string variety,
        Action<JsonObject>? change = null,
        Action<TestServer>? prepare = null,
        bool isAgain = false) => new($"integration-create.400.{fixture}", s =>
    {
        if (!isAgain)
            s.RemoveIntegrations();
        prepare?.Invoke(s);
        var body = Request(variety);
        change?.Invoke(body["config"]!.AsObject());
        return s.PostAsync(Integrations, body);
    });

    private static ConformanceCase List(string fixture, string query = "", string? stored = null)
    {
        var name = fixture == "json" ? "integration-list.200" : $"integration-list.200.{fixture}";
        return new ConformanceCase(name, s =>
        {
            s.RemoveIntegrations();
            foreach (var integration in Fixture.Json(stored is null ? name : "integration-list.200")["results"]!.AsArray())
                s.AddIntegration(integration!.AsObject());
            return s.GetAsync(Integrations + query);
        });
    }

    private static ConformanceCase Retrieve(string fixture) => new(fixture, s =>
    {
        s.RemoveIntegrations();
        var integration = s.AddIntegration(Fixture.Json(fixture).AsObject());
        return s.GetAsync(FormattableString.Invariant($"{Integrations}{integration.Id}/"));
    });

    private static async Task<HttpResponseMessage> DeleteUsedAsync(TestServer server)
    {
        await server.CreateExportAsync(RequestBodies.Export(b => b["name"] = "Events to S3"));
        return await server.SendAsync(HttpMethod.Delete, Integrations + "731/");
    }

    private static ConformanceCase CreateExport(string fixture, string request) => new(fixture, s =>
        s.PostAsync(Exports, Fixture.Json("integration-roundtrip.request." + request)));

    private static ConformanceCase RetrieveExport(string fixture) => new(fixture, s =>
    {
        var export = s.AddExport(fixture);
        return s.GetAsync($"{Exports}{export.Id}/");
    });
}
