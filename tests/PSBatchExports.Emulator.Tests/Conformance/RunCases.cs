using System.Globalization;
using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Logs, scheduled runs, backfills and destination checks.</summary>
internal static class RunCases
{
    private const int PageSize = 100;
    private const string OlderThanTheFixture = "2026-10-08T09:00:00Z";
    private const string NewerThanTheFixture = "2026-10-08T12:20:00Z";

    /// <summary>The emulator reports a bucket as missing if its name says so.</summary>
    private const string MissingBucket = "missing-posthog-exports";

    private static string Export => $"{Exports}{FixtureState.ExportId}/";

    public static IEnumerable<ConformanceCase> All => [.. Logs, .. Runs, .. Backfills, .. DestinationTests];

    private static IEnumerable<ConformanceCase> Logs =>
    [
        ListLogs("logs.200.empty", "", "logs.200.empty"),
        ListLogs("logs.200", ""),
        ListLogs("logs.200.limit-2", "?limit=2"),
        ListLogs("logs.200.before", "?before=2026-10-08T11:00:00Z"),
        ListLogs("logs.400.limit", "?limit=501"),
        ListLogs("logs.400.blank", "?level=%20"),
        ListLogs("logs.400.time", "?after=never"),
        new("logs.200.auto-pause", s =>
        {
            s.AddExport("create-batch-export.201");
            for (var hour = 0; hour < 3; hour++)
                s.EndRun(hour);
            return s.GetAsync(Export + "logs/?level=WARNING");
        }),
        ListLogs("logs.403.older-server", "") with { Options = o => o with { OlderServer = true } },
        new("file-download-logs.200", async s => await s.GetAsync($"{Downloads}{await s.StartRunAsync()}/logs/?search=nothing")),
        new("run-logs.500", s => s.GetAsync($"{Export}runs/{FixtureState.ExportId}/logs/")),
    ];

    private static IEnumerable<ConformanceCase> Runs =>
    [
        new("runs-list.200", s =>
        {
            AddRuns(s, MoreRuns(OlderThanTheFixture, PageSize));
            return s.GetAsync(Export + "runs/");
        })
        {
            AdjustExpected = page =>
            {
                var runs = page["results"]!.AsArray();
                foreach (var run in MoreRuns(OlderThanTheFixture, PageSize - runs.Count))
                    runs.Add(run);
            },
        },
        new("runs-list.200.last-page", async s =>
        {
            AddRuns(s, MoreRuns(NewerThanTheFixture, PageSize - 2));
            var first = await s.GetJsonAsync(Export + "runs/");
            return await s.GetAsync(first["next"]!.GetValue<string>());
        }),
        new("runs-list.200.empty", s => s.GetAsync(Export + "runs/")),
        new("runs-list.404", s => s.GetAsync(Export + "runs/")) { Options = o => o with { UnknownExportNotFound = true } },
        new("runs-list.400.bad-status", s => s.GetAsync(Export + "runs/?status=Nope")),
        new("cursor-page.404.invalid-cursor", s => s.GetAsync(Export + "runs/?cursor=x")),
        RetrieveRun("run-retrieve.200.completed"),
        RetrieveRun("run-retrieve.200.failed"),
        RetrieveRun("run-retrieve.200.running"),
        RetrieveRun("run-retrieve.200.from-backfill"),
        PostToRun("run-cancel.200", "run-retrieve.200.running", "cancel/"),
        PostToRun("run-cancel.400.completed", "run-retrieve.200.completed", "cancel/"),
        PostToRun("run-retry.201", "run-retrieve.200.failed", "retry/"),
    ];

    private static IEnumerable<ConformanceCase> Backfills =>
    [
        new("backfills-list.200.empty", s => s.GetAsync(Export + "backfills/")),
        new("backfills-list.404", s => s.GetAsync(Export + "backfills/")) { Options = o => o with { UnknownExportNotFound = true } },
        new("backfills-list.200", s =>
        {
            s.AddExport("create-batch-export.201");
            foreach (var backfill in Fixture.Json("backfills-list.200")["results"]!.AsArray())
                s.AddBackfill(backfill!.AsObject());
            return s.GetAsync(Export + "backfills/");
        }),
        RetrieveBackfill("cancelled"),
        RetrieveBackfill("completed"),
        RetrieveBackfill("running"),
        RetrieveBackfill("starting"),
        CancelBackfill("backfill-cancel.200", "backfill-retrieve.200.running"),
        CancelBackfill("backfill-cancel.400.completed", "backfill-retrieve.200.completed"),
        CreateBackfill("create-backfill.201", "aws-s3", Fixture.Json("create-backfill.request.hourly")),
        CreateBackfill("create-backfill.201.older-server", "aws-s3", Fixture.Json("create-backfill.request.hourly")) with
        {
            Options = o => o with { OlderServer = true },
        },
        CreateBackfill("create-backfill.request.hourly", "aws-s3", Fixture.Json("create-backfill.request.hourly")),
        CreateBackfill("create-backfill.request.daily", "azure-blob", Fixture.Json("create-backfill.request.daily")),
        CreateBackfill("create-backfill.request.weekly-monday", "snowflake", Fixture.Json("create-backfill.request.weekly-monday")),
        CreateBackfill("create-backfill.400.future", "aws-s3", Backfill("2026-09-30T00:00:00Z", "2027-01-01T00:00:00Z")),
        CreateBackfill("create-backfill.400.naive", "aws-s3", Backfill("2026-09-30T00:00:00", "2026-10-01T00:00:00Z")),
        CreateBackfill("create-backfill.400.not-date", "azure-blob", Backfill("yesterday", "2026-10-01")),
        CreateBackfill("create-backfill.400.not-iso", "aws-s3", Backfill("yesterday", "2026-10-01T00:00:00Z")),
        CreateBackfill("create-backfill.400.order", "aws-s3", Backfill("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z")),
        CreateBackfill("create-backfill.400.start-null", "aws-s3", Backfill(null, "2026-10-01T00:00:00Z")),
        CreateBackfill("create-backfill.400.time-on-daily", "azure-blob", Backfill("2026-09-01T00:00:00+00:00", "2026-10-01")),
        CreateBackfill("create-backfill.400.wrong-weekday", "snowflake", Backfill("2026-01-04", "2026-01-12")),
        new("create-backfill.404", s => s.PostAsync(Export + "backfills/", Fixture.Json("create-backfill.request.hourly"))),
        new("create-backfill.429.http", async s =>
        {
            s.AddExport("create-batch-export.201");
            for (var day = 1; day <= 5; day++)
                await s.PostJsonAsync(Export + "backfills/", Backfill($"2026-09-0{day}T00:00:00Z", $"2026-09-0{day + 1}T00:00:00Z"));
            return await s.PostAsync(Export + "backfills/", Fixture.Json("create-backfill.request.hourly"));
        }),
    ];

    private static IEnumerable<ConformanceCase> DestinationTests =>
    [
        new("destination-test.200.aws-s3", s => s.GetAsync(Exports + "test/?destination=AwsS3")),
        new("destination-test.200.s3-compatible", s => s.GetAsync(Exports + "test/?destination=S3Compatible")),
        new("destination-test.400.http", s => s.GetAsync(Exports + "test/")),
        new("destination-test.404.http", s => s.GetAsync(Exports + "test/?destination=HTTP")),
        RunTestStep("run-test-step.200.passed", 1, "acme-posthog-exports"),
        RunTestStep("run-test-step.200.skipped", 0, "acme-posthog-exports"),
        RunTestStep("run-test-step.200.not-configured", 1, "unconfigured"),
        RunTestStep("run-test-step.200.failed", 1, MissingBucket) with
        {
            AdjustExpected = step => step["result"]!["message"] = step["result"]!["message"]!.GetValue<string>().Replace(
                "acme-posthog-exports", MissingBucket, StringComparison.Ordinal),
        },
        new("run-test-step.request", s =>
        {
            s.AddExport("create-batch-export.201");
            return s.PostAsync(Export + "run_test_step/", Fixture.Json("run-test-step.request"));
        }),
        new("run-test-step-new.request", s => s.PostAsync(Exports + "run_test_step_new/", Fixture.Json("run-test-step-new.request"))),
    ];

    private static ConformanceCase ListLogs(string fixture, string query, string rows = "logs.200") => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        s.AddLogs(rows);
        return s.GetAsync($"{Export}logs/{query}");
    });

    private static ConformanceCase RetrieveRun(string fixture) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.GetAsync($"{Export}runs/{s.AddRun(Fixture.Json(fixture).AsObject()).Id}/");
    });

    private static ConformanceCase PostToRun(string fixture, string run, string action) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.PostAsync($"{Export}runs/{s.AddRun(Fixture.Json(run).AsObject()).Id}/{action}");
    });

    private static ConformanceCase RetrieveBackfill(string variant) => new("backfill-retrieve.200." + variant, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.GetAsync($"{Export}backfills/{s.AddBackfill("backfill-retrieve.200." + variant).Id}/");
    });

    private static ConformanceCase CancelBackfill(string fixture, string backfill) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.PostAsync($"{Export}backfills/{s.AddBackfill(backfill).Id}/cancel/");
    });

    private static ConformanceCase CreateBackfill(string fixture, string export, JsonNode body) => new(fixture, async s =>
        await s.PostAsync($"{Exports}{await s.CreateExportAsync("create-batch-export.request." + export)}/backfills/", body));

    private static ConformanceCase RunTestStep(string fixture, int step, string bucket) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.PostAsync(Export + "run_test_step/", Changed("run-test-step.request", b =>
        {
            b["step"] = step;
            b.Config()["bucket_name"] = bucket;
        }));
    });

    private static void AddRuns(TestServer server, IEnumerable<JsonObject> more)
    {
        server.AddExport("create-batch-export.201");
        foreach (var run in Fixture.Json("runs-list.200")["results"]!.AsArray().Select(run => run!.AsObject()).Concat(more))
            server.AddRun(run);
    }

    /// <summary>Completed runs, a second apart, newest first.</summary>
    private static IEnumerable<JsonObject> MoreRuns(string newest, int count)
    {
        var createdAt = DateTimeOffset.Parse(newest, CultureInfo.InvariantCulture);
        for (var index = 0; index < count; index++)
        {
            var run = Fixture.Json("run-retrieve.200.completed").AsObject();
            run["id"] = $"{new Guid(index, 0, 0, new byte[8])}";
            run["created_at"] = WireTime.Format(createdAt.AddSeconds(-index));
            run["records_completed"] = (long)index;
            yield return run;
        }
    }
}
