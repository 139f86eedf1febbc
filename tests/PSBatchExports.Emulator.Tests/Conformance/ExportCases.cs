using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Scheduled exports: reading and creating them.</summary>
internal static class ExportCases
{
    private const string S3 = "retrieve-batch-export.200";

    public static IEnumerable<ConformanceCase> All =>
    [
        new("list-batch-exports.200.empty", s => s.GetAsync(Exports)),
        new("list-batch-exports.200", s =>
        {
            AddListedExports(s);
            return s.GetAsync(Exports);
        }),
        new("list-batch-exports.200.paged", s =>
        {
            AddListedExports(s, withoutRuns: true);
            return s.GetAsync(Exports + "?offset=1&limit=1");
        }),
        Retrieve(S3),
        Retrieve("retrieve-batch-export.200.daily-postgres-inline"),
        Retrieve("retrieve-batch-export.200.hogql-bigquery"),
        Retrieve("retrieve-batch-export.200.redshift-copy"),
        Retrieve("retrieve-batch-export.200.weekly-paused-snowflake"),
        Retrieve("retrieve-batch-export.200.older-server") with { Options = o => o with { OlderServer = true } },
        new("not-found.404", s => s.GetAsync(Exports + FixtureState.ExportId)),
        new("create-batch-export.201", s => s.PostAsync(Exports, Fixture.Json("create-batch-export.request.aws-s3")))
        {
            AdjustExpected = OnlySentKeys,
        },
        .. Rejected,
        Accepted("aws-s3"),
        Accepted("azure-blob"),
        Accepted("bigquery"),
        Accepted("databricks"),
        Accepted("filters"),
        Accepted("hogql"),
        Accepted("http"),
        Accepted("integration-id-alias"),
        Accepted("postgres"),
        Accepted("redshift-copy-inline"),
        Accepted("redshift-copy"),
        Accepted("redshift"),
        Accepted("s3-compatible"),
        Accepted("snowflake"),
    ];

    /// <summary>The fixture is older: the server no longer returns keys that were not sent, except for one.</summary>
    public static void OnlySentKeys(JsonNode export)
    {
        foreach (var name in new[] { "max_file_size_mb", "encryption", "kms_key_id", "include_events" })
            export["destination"]!["config"]!.AsObject().Remove(name);
    }

    private static IEnumerable<ConformanceCase> Rejected =>
    [
        Create("compression-unsupported", Export(b =>
        {
            b.Config()["file_format"] = "JSONLines";
            b.Config()["compression"] = "zstd";
        })),
        Create("config-missing-field", ExportTo("bigquery", b => b.Config().Remove("dataset_id"))),
        Create("config-unknown-field", Export(b =>
        {
            b.Config()["hello"] = 1;
            b.Config()["hello2"] = 2;
        })),
        Create("config-wrong-type", Export(b => b.Config()["bucket_name"] = 7)),
        Create("destination-type-invalid", Export(b => b["destination"]!["type"] = "Ftp")),
        Create("file-format-unsupported", Export(b => b.Config()["file_format"] = "CSV")),
        Create("filters-interval-key", ExportTo("filters", b => b["filters"]![0]!["key"] = "data_interval_start")),
        Create("filters-model", ExportTo("filters", b => b["model"] = "persons")),
        Create("filters-not-list", ExportTo("filters", b => b["filters"] = new JsonObject())),
        Create("filters-type", ExportTo("filters", b => b["filters"]![0]!["type"] = "cohort")),
        AuthorProblem("hogql-author-inactive", RunErrors.InactiveAuthor),
        AuthorProblem("hogql-author-without-access", RunErrors.AuthorWithoutAccess),
        Create("before-flag", ExportTo("hogql", b => b.Remove("name"))) with { Options = o => o with { HogQL = false } },
        Create("hogql-column-alias", ExportTo("hogql", b => b["hogql_query"] = "SELECT count() FROM events")),
        Create("hogql-query-required", ExportTo("hogql", b => b.Remove("hogql_query"))),
        Create("hogql-query-wrong-model", Export(b => b["hogql_query"] = "SELECT event FROM events")),
        Create("http-model", ExportTo("http", b => b["model"] = "persons")),
        Create("http-url", ExportTo("http", b => b.Config()["url"] = "https://example.com/batch/")),
        Create("inputs-empty", Export(b =>
        {
            b.Config()["bucket_name"] = "";
            b.Config()["region"] = "";
        })),
        Create("integration-required", Export(b => b["destination"]!.AsObject().Remove("integration"))),
        Create("integration-unknown", Export(b => b["destination"]!["integration"] = 999)),
        Create("integration-wrong-kind", Export(b => b["destination"]!["integration"] = 700)),
        Create("interval-invalid", Export(b => b["interval"] = "month")),
        Create("interval-null", Export(b => b["interval"] = null)),
        Create("legacy-parquet-extension", Export(b => b.Config()["legacy_parquet_extension"] = true)),
        Create("model-invalid", Export(b => b["model"] = "groups")),
        Create("name-required", Export(b => b.Remove("name"))),
        Create("offset-day", Export(b =>
        {
            b["interval"] = "day";
            b["offset_day"] = 1;
        })),
        Create("offset-hour-range", Export(b =>
        {
            b["interval"] = "day";
            b["offset_hour"] = 24;
        })),
        Create("offset-hour", Export(b => b["offset_hour"] = 3)),
        Create("primary-key-missing-column", ExportTo("hogql", b => b["primary_key"] = new JsonArray("id"))),
        Create("primary-key-required", ExportTo("hogql", b => b.Remove("primary_key"))),
        Create("timezone-invalid", Export(b => b["timezone"] = "Mars/Olympus")),
        new("create-batch-export.403.high-frequency", s => s.PostAsync(Exports, Export(b => b["interval"] = "every 5 minutes")))
        {
            Options = o => o with { HighFrequency = false },
        },
        new("create-batch-export.403.hogql", s => s.PostAsync(Exports, Fixture.Json("create-batch-export.request.hogql")))
        {
            Options = o => o with { HogQL = false },
        },
        new("create-batch-export.403.workflows", s => s.PostAsync(Exports, Export(b => b["destination"] = new JsonObject
        {
            ["type"] = "Workflows",
            ["config"] = new JsonObject { ["hog_function_id"] = "0199" },
        }))),
    ];

    private static ConformanceCase Create(string variant, JsonObject body) =>
        new("create-batch-export.400." + variant, s => s.PostAsync(Exports, body));

    private static ConformanceCase AuthorProblem(string variant, string problem) => new("create-batch-export.400." + variant, s =>
    {
        s.State.HogQLAuthorProblem = problem;
        return s.PostAsync(Exports, Fixture.Json("create-batch-export.request.hogql"));
    });

    private static ConformanceCase Accepted(string variant)
    {
        var name = "create-batch-export.request." + variant;
        return new(name, s => s.PostAsync(Exports, Fixture.Json(name)));
    }

    private static ConformanceCase Retrieve(string fixture) => new(fixture, s => s.GetAsync($"{Exports}{s.AddExport(fixture).Id}/"));

    /// <summary>The fixture's list is not ordered by creation; the service's is.</summary>
    private static void AddListedExports(TestServer server, bool withoutRuns = false)
    {
        var created = 60;
        foreach (var export in Fixture.Json("list-batch-exports.200")["results"]!.AsArray().Select(e => e!.DeepClone().AsObject()))
        {
            export["created_at"] = $"2026-09-01T00:{--created}:00.123456Z";
            if (withoutRuns)
                export["latest_runs"] = new JsonArray();
            server.AddExport(export);
        }
    }
}
