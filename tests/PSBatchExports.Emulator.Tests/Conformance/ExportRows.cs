using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.Bodies;
using static PSBatchExports.Emulator.Tests.Scene;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Scheduled exports: reading and creating them.</summary>
internal static class ExportRows
{
    private const string S3 = "retrieve-batch-export.200";

    public static IEnumerable<Row> All =>
    [
        new("list-batch-exports.200.empty", s => s.GetAsync(Exports)),
        new("list-batch-exports.200", s =>
        {
            AddListed(s);
            return s.GetAsync(Exports);
        }),
        new("list-batch-exports.200.paged", s =>
        {
            AddListed(s, withoutRuns: true);
            return s.GetAsync(Exports + "?offset=1&limit=1");
        }),
        Retrieve(S3),
        Retrieve("retrieve-batch-export.200.daily-postgres-inline"),
        Retrieve("retrieve-batch-export.200.hogql-bigquery"),
        Retrieve("retrieve-batch-export.200.redshift-copy"),
        Retrieve("retrieve-batch-export.200.weekly-paused-snowflake"),
        Retrieve("retrieve-batch-export.200.older-server") with { Options = o => o with { OlderServer = true } },
        new("not-found.404", s => s.GetAsync(Exports + FixtureState.ExportId)),
        new("create-batch-export.201", s => s.PostAsync(Exports, Fixture.Json("create-batch-export.request.aws-s3"))),
        .. Refused,
        Sent("aws-s3"),
        Sent("azure-blob"),
        Sent("bigquery"),
        Sent("databricks"),
        Sent("filters"),
        Sent("hogql"),
        Sent("http"),
        Sent("integration-id-alias"),
        Sent("postgres"),
        Sent("redshift-copy-inline"),
        Sent("redshift-copy"),
        Sent("redshift"),
        Sent("s3-compatible"),
        Sent("snowflake"),
    ];

    private static IEnumerable<Row> Refused =>
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

    private static Row Create(string variant, JsonObject body) => new("create-batch-export.400." + variant, s => s.PostAsync(Exports, body));

    private static Row AuthorProblem(string variant, string problem) => new("create-batch-export.400." + variant, s =>
    {
        s.State.HogQLAuthorProblem = problem;
        return s.PostAsync(Exports, Fixture.Json("create-batch-export.request.hogql"));
    });

    private static Row Sent(string variant)
    {
        var name = "create-batch-export.request." + variant;
        return new(name, s => s.PostAsync(Exports, Fixture.Json(name)));
    }

    private static Row Retrieve(string fixture) => new(fixture, s => s.GetAsync($"{Exports}{s.AddExport(fixture).Id}/"));

    /// <summary>The fixture's list is in an order of its own making; the service's is by creation.</summary>
    private static void AddListed(Scene scene, bool withoutRuns = false)
    {
        var created = 60;
        foreach (var export in Fixture.Json("list-batch-exports.200")["results"]!.AsArray().Select(e => e!.DeepClone().AsObject()))
        {
            export["created_at"] = $"2026-09-01T00:{--created}:00.123456Z";
            if (withoutRuns)
                export["latest_runs"] = new JsonArray();
            scene.AddExport(export);
        }
    }
}
