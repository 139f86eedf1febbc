using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.Bodies;
using static PSBatchExports.Emulator.Tests.Scene;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Logs, scheduled runs, backfills and destination checks.</summary>
internal static class RunRows
{
    private static string Export => $"{Exports}{FixtureState.ExportId}/";

    public static IEnumerable<Row> All => [.. Logs, .. Runs, .. Backfills, .. DestinationTests];

    private static IEnumerable<Row> Logs =>
    [
        Log("logs.200.empty", "", "logs.200.empty"),
        Log("logs.200", ""),
        Log("logs.200.limit-2", "?limit=2"),
        Log("logs.200.before", "?before=2026-10-08T11:00:00Z"),
        Log("logs.400.limit", "?limit=501"),
        Log("logs.400.blank", "?level=%20"),
        Log("logs.400.time", "?after=never"),
        new("logs.200.auto-pause", s =>
        {
            s.AddExport("create-batch-export.201");
            for (var hour = 0; hour < 3; hour++)
                s.FailRun(hour);
            return s.GetAsync(Export + "logs/?level=WARNING");
        }),
        Log("logs.403.older-server", "") with { Options = o => o with { OlderServer = true } },
        new("file-download-logs.200", async s => await s.GetAsync($"{Downloads}{await s.StartRunAsync()}/logs/?search=nothing")),
        new("run-logs.500", s => s.GetAsync($"{Export}runs/{FixtureState.ExportId}/logs/")),
    ];

    private static IEnumerable<Row> Runs =>
    [
        new("runs-list.200", async s =>
        {
            AddManyRuns(s, newer: false);
            return await FirstRunsAsync(await s.GetAsync(Export + "runs/"), 3);
        }),
        new("runs-list.200.last-page", async s =>
        {
            AddManyRuns(s, newer: true);
            var first = await s.DoAsync(HttpMethod.Get, Export + "runs/");
            return await s.GetAsync(first["next"]!.GetValue<string>());
        }),
        new("runs-list.200.empty", s => s.GetAsync(Export + "runs/")),
        new("runs-list.404", s => s.GetAsync(Export + "runs/")) { Options = o => o with { UnknownExportNotFound = true } },
        new("runs-list.400.bad-status", s => s.GetAsync(Export + "runs/?status=Nope")),
        new("cursor-page.404.invalid-cursor", s => s.GetAsync(Export + "runs/?cursor=x")),
        Retrieved("run-retrieve.200.completed"),
        Retrieved("run-retrieve.200.failed"),
        Retrieved("run-retrieve.200.running"),
        Retrieved("run-retrieve.200.from-backfill"),
        Act("run-cancel.200", "run-retrieve.200.running", "cancel/"),
        Act("run-cancel.400.completed", "run-retrieve.200.completed", "cancel/"),
        Act("run-retry.201", "run-retrieve.200.failed", "retry/"),
    ];

    private static IEnumerable<Row> Backfills =>
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
        RetrievedBackfill("cancelled"),
        RetrievedBackfill("completed"),
        RetrievedBackfill("running"),
        RetrievedBackfill("starting"),
        ActOnBackfill("backfill-cancel.200", "backfill-retrieve.200.running"),
        ActOnBackfill("backfill-cancel.400.completed", "backfill-retrieve.200.completed"),
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
                await s.DoAsync(HttpMethod.Post, Export + "backfills/", Backfill($"2026-09-0{day}T00:00:00Z", $"2026-09-0{day + 1}T00:00:00Z"));
            return await s.PostAsync(Export + "backfills/", Fixture.Json("create-backfill.request.hourly"));
        }),
    ];

    private static IEnumerable<Row> DestinationTests =>
    [
        new("destination-test.200.aws-s3", s => s.GetAsync(Exports + "test/?destination=AwsS3")),
        new("destination-test.200.s3-compatible", s => s.GetAsync(Exports + "test/?destination=S3Compatible")),
        new("destination-test.400.http", s => s.GetAsync(Exports + "test/")),
        new("destination-test.404.http", s => s.GetAsync(Exports + "test/?destination=HTTP")),
        Step("run-test-step.200.passed", 1, "acme-posthog-exports"),
        Step("run-test-step.200.skipped", 0, "acme-posthog-exports"),
        Step("run-test-step.200.not-configured", 1, "unconfigured"),
        new("run-test-step.200.failed", async s =>
        {
            using var answer = await RunStepAsync(s, 1, "missing-posthog-exports");
            var body = await answer.Content.ReadAsStringAsync();
            Assert.Contains("missing-posthog-exports", body, StringComparison.Ordinal);
            return Rewritten(answer, body.Replace("missing-posthog-exports", "acme-posthog-exports", StringComparison.Ordinal));
        }),
        new("run-test-step.request", s =>
        {
            s.AddExport("create-batch-export.201");
            return s.PostAsync(Export + "run_test_step/", Fixture.Json("run-test-step.request"));
        }),
        new("run-test-step-new.request", s => s.PostAsync(Exports + "run_test_step_new/", Fixture.Json("run-test-step-new.request"))),
    ];

    private static Row Log(string fixture, string query, string rows = "logs.200") => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        s.AddLogs(rows);
        return s.GetAsync($"{Export}logs/{query}");
    });

    private static Row Retrieved(string fixture) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.GetAsync($"{Export}runs/{s.AddRun(Fixture.Json(fixture).AsObject()).Id}/");
    });

    private static Row Act(string fixture, string run, string action) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.PostAsync($"{Export}runs/{s.AddRun(Fixture.Json(run).AsObject()).Id}/{action}");
    });

    private static Row RetrievedBackfill(string variant) => new("backfill-retrieve.200." + variant, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.GetAsync($"{Export}backfills/{s.AddBackfill("backfill-retrieve.200." + variant).Id}/");
    });

    private static Row ActOnBackfill(string fixture, string backfill) => new(fixture, s =>
    {
        s.AddExport("create-batch-export.201");
        return s.PostAsync($"{Export}backfills/{s.AddBackfill(backfill).Id}/cancel/");
    });

    private static Row CreateBackfill(string fixture, string export, JsonNode body) => new(fixture, async s =>
        await s.PostAsync($"{Exports}{await s.CreateExportAsync("create-batch-export.request." + export)}/backfills/", body));

    private static Row Step(string fixture, int step, string bucket) => new(fixture, s => RunStepAsync(s, step, bucket));

    private static Task<HttpResponseMessage> RunStepAsync(Scene scene, int step, string bucket)
    {
        scene.AddExport("create-batch-export.201");
        return scene.PostAsync(Export + "run_test_step/", Changed("run-test-step.request", b =>
        {
            b["step"] = step;
            b.Config()["bucket_name"] = bucket;
        }));
    }

    /// <summary>The fixture's three runs and a hundred more, so that there are two pages.</summary>
    private static void AddManyRuns(Scene scene, bool newer)
    {
        scene.AddExport("create-batch-export.201");
        foreach (var run in Fixture.Json("runs-list.200")["results"]!.AsArray())
            scene.AddRun(run!.AsObject());
        var from = newer ? new DateTimeOffset(2026, 10, 8, 12, 10, 0, TimeSpan.Zero) : new DateTimeOffset(2026, 10, 8, 9, 0, 0, TimeSpan.Zero);
        for (var index = 0; index < (newer ? 98 : 100); index++)
        {
            scene.State.AddRun(new ScheduledRun
            {
                Id = Guid.NewGuid(),
                ExportId = Guid.Parse(FixtureState.ExportId),
                DataIntervalEnd = from,
                Status = Emulator.RunStatus.Completed,
                CreatedAt = from.AddSeconds(newer ? index : -index),
                LastUpdatedAt = from,
            });
        }
    }

    /// <summary>A page of the fixture holds three runs; a page of the service holds a hundred.</summary>
    private static async Task<HttpResponseMessage> FirstRunsAsync(HttpResponseMessage answer, int count)
    {
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        var results = body["results"]!.AsArray();
        Assert.Equal(100, results.Count);
        while (results.Count > count)
            results.RemoveAt(count);
        return Rewritten(answer, body.ToJsonString());
    }

    private static HttpResponseMessage Rewritten(HttpResponseMessage answer, string body)
    {
        var rewritten = new HttpResponseMessage(answer.StatusCode) { Content = new StringContent(body) };
        rewritten.Content.Headers.ContentType = answer.Content.Headers.ContentType;
        return rewritten;
    }
}
