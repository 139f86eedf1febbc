using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>On-demand runs and their files.</summary>
internal static class FileDownloadCases
{
    public static IEnumerable<ConformanceCase> All =>
    [
        new("create-file-download.202", s => s.PostAsync(Downloads, Download())),
        .. Rejected,
        Accepted("events"),
        Accepted("hogql"),
        Accepted("minimal"),
        Accepted("persons"),
        Accepted("sessions-single-file"),
        new("create-file-download.429.too-many.http", async s =>
        {
            await s.StartRunAsync();
            return await s.PostAsync(Downloads, Download());
        })
        {
            Options = o => o with { ConcurrentDownloadLimit = 1 },
        },
        new("create-file-download.500.failed-to-start", s =>
        {
            s.State.FailToStart = true;
            return s.PostAsync(Downloads, Download());
        }),
        new("list-file-downloads.200.empty", s => s.GetAsync(Downloads)),
        new("list-file-downloads.200", async s =>
        {
            await StartThreeRunsAsync(s);
            return await s.GetAsync(Downloads);
        }),
        new("list-file-downloads.200.paged", async s =>
        {
            await StartThreeRunsAsync(s);
            return await s.GetAsync(Downloads + "?limit=1&offset=1");
        }),
        RetrieveAt("retrieve-file-download.200.starting", 0),
        RetrieveAt("retrieve-file-download.200.running", 0.5),
        RetrieveAt("retrieve-file-download.200.completed", 1, HourlyParts) with
        {
            Options = o => o with { EventsPerHour = 15000 },
            IgnoreNumbers = true,
        },
        RetrieveAt("retrieve-file-download.200.completed-empty", 1, EmptyInterval),
        RetrieveAt("retrieve-file-download.200.completed-older-server", 1) with { Options = o => o with { OlderServer = true } },
        new("retrieve-file-download.200.completed-growing", RetrieveGrowingListAsync)
        {
            Options = o => o with { EventsPerHour = 15000, ListDuration = TimeSpan.FromHours(1) },
            IgnoreNumbers = true,
        },
        RetrieveAt("retrieve-file-download.200.failed", 1, Download(b => b["file"]!["compression"] = "zstd")),
        RetrieveAt("retrieve-file-download.200.failed-upload-expired", 110) with
        {
            Options = o => o with { RunDuration = TimeSpan.FromHours(4) },
        },
        new("retrieve-file-download.200.failed-to-start", async s =>
        {
            s.State.FailToStart = true;
            (await s.PostAsync(Downloads, Download())).Dispose();
            return await s.GetAsync($"{Downloads}{s.State.OnDemandRuns[0].Id}/");
        }),
        new("retrieve-file-download.200.cancelled", async s =>
        {
            var id = await s.StartRunAsync();
            await s.PostJsonAsync($"{Downloads}{id}/cancel/");
            return await s.GetAsync($"{Downloads}{id}/");
        }),
        RetrieveForced("failed-billing"),
        RetrieveForced("failed-retryable"),
        RetrieveForced("terminated"),
        RetrieveForced("timed-out"),
        new("retrieve-file-download.404", s => s.GetAsync($"{Downloads}{FixtureState.ExportId}/")),
        Cancel("cancel-file-download.200", 0.5),
        Cancel("cancel-file-download.200.still-running", 0.5, s => s.State.IgnoreCancellations = true),
        Cancel("cancel-file-download.400.completed", 1),
        Cancel("cancel-file-download.400.already-cancelled", 0, s => s.State.OnDemandRuns[0].Force(RunStatus.Cancelled)),
        DownloadPart("download.302.http", "download/0/", 1),
        DownloadPart("download.400.bad-part", "download/abc/", 1),
        DownloadPart("download.400.in-progress", "download/", 0.5),
        DownloadPart("download.400.cancelled", "download/", 1, s => s.State.OnDemandRuns[0].Force(RunStatus.Cancelled)),
        DownloadPart("download.400.failed", "download/", 1, s => s.State.OnDemandRuns[0].Force(RunStatus.Failed)),
        DownloadPart("download.400.expired", "download/", 1, s => s.Clock.Advance(s.Host.Options.FileRetention)),
        DownloadPart("download.404.index", "download/7/", 1),
        DownloadPart("download.404.no-files", "download/", 0.9),
        DownloadPart("download.404.unknown-file-id", $"download/{FixtureState.ExportId}/", 1),
        new("count-rows.200", s => s.PostAsync(Downloads + "count_rows/", Fixture.Json("count-rows.request"))) { IgnoreNumbers = true },
        new("count-rows.request", s => s.PostAsync(Downloads + "count_rows/", Fixture.Json("count-rows.request"))),
        new("count-rows.400.model", s => s.PostAsync(Downloads + "count_rows/", Changed("count-rows.request", b => b["model"] = "events"))),
        new("count-rows.400.timeout", s =>
        {
            s.State.CountTimesOut = true;
            return s.PostAsync(Downloads + "count_rows/", Fixture.Json("count-rows.request"));
        }),
        new("count-rows.400.before-flag", s =>
            s.PostAsync(Downloads + "count_rows/", Changed("count-rows.request", b => b.Remove("hogql_query"))))
        {
            Options = o => o with { HogQL = false },
        },
        new("count-rows.403.hogql", s => s.PostAsync(Downloads + "count_rows/", Fixture.Json("count-rows.request")))
        {
            Options = o => o with { HogQL = false },
        },
    ];

    private static IEnumerable<ConformanceCase> Rejected =>
    [
        Create("bounds-required", Download(b => b.Remove("data_interval_end"))),
        Create("compression-invalid", Download(b => b["file"]!["compression"] = "zip")),
        Create("datetime-format", Download(b => b["data_interval_start"] = "yesterday")),
        new("create-file-download.400.end-in-future", s =>
        {
            s.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 31, 0, 0, 0, TimeSpan.Zero));
            return s.PostAsync(Downloads, Download(b =>
            {
                b["data_interval_start"] = "2026-12-30T00:00:00Z";
                b["data_interval_end"] = "2027-01-01T00:00:00Z";
            }));
        }),
        Create("file-required", Download(b => b.Remove("file"))),
        Create("format-invalid", Download(b => b["file"]!["format"] = "CSV")),
        Create("hogql-include", HogQLDownload(b => b["include"] = new JsonArray("signup"))),
        Create("hogql-missing-bound", HogQLDownload(b => b.Remove("data_interval_start"))),
        Create("hogql-modifiers-wrong-model", Download(b => b["hogql_modifiers"] = new JsonObject())),
        Create("hogql-query-required", HogQLDownload(b => b.Remove("hogql_query"))),
        Create("hogql-query-wrong-model", Download(b => b["hogql_query"] = "SELECT event FROM events")),
        Create("max-size-negative", Download(b => b["file"]!["max_size_mb"] = -1)),
        Create("model-invalid", Download(b => b["model"] = "groups")),
        Create("model-required", Download(b => b.Remove("model"))),
        Create("order", Download(b => b["data_interval_end"] = "2026-08-31T00:00:00Z")),
        Create("range-too-big", Download(b => b["data_interval_end"] = "2026-09-08T00:00:01Z")),
        Create("start-in-future", Download(b =>
        {
            b["data_interval_start"] = "2027-01-01T00:00:00Z";
            b["data_interval_end"] = "2027-01-01T00:00:00Z";
        })),
        new("create-file-download.403.hogql", s => s.PostAsync(Downloads, Fixture.Json("create-file-download.request.hogql")))
        {
            Options = o => o with { HogQL = false },
        },
    ];

    private static JsonObject HourlyParts => Download(b =>
    {
        b["include"] = new JsonArray();
        b["file"] = new JsonObject { ["format"] = "JSONLines", ["max_size_mb"] = 4 };
        b["data_interval_end"] = "2026-09-01T01:00:00Z";
    });

    private static JsonObject EmptyInterval => Download(b => b["data_interval_end"] = b["data_interval_start"]!.DeepClone());

    private static ConformanceCase Create(string variant, JsonObject body) =>
        new("create-file-download.400." + variant, s => s.PostAsync(Downloads, body));

    private static ConformanceCase Accepted(string variant)
    {
        var name = "create-file-download.request." + variant;
        return new(name, s => s.PostAsync(Downloads, Fixture.Json(name)));
    }

    private static ConformanceCase RetrieveAt(string fixture, double progress, JsonObject? body = null) => new(fixture, async s =>
    {
        var id = await s.StartRunAsync(body);
        s.Clock.Advance(RunDuration * progress);
        return await s.GetAsync($"{Downloads}{id}/");
    });

    /// <summary>Advances the clock until the first file is listed.</summary>
    private static async Task<HttpResponseMessage> RetrieveGrowingListAsync(TestServer server)
    {
        var id = await server.CompleteRunAsync(HourlyParts);
        while ((await server.GetJsonAsync($"{Downloads}{id}/"))["files"] is null)
            server.Clock.Advance(TimeSpan.FromSeconds(1));
        return await server.GetAsync($"{Downloads}{id}/");
    }

    private static ConformanceCase RetrieveForced(string variant)
    {
        var name = "retrieve-file-download.200." + variant;
        return new(name, async s =>
        {
            var id = await s.StartRunAsync();
            var shown = Fixture.Json(name);
            s.State.OnDemandRuns[0].Force(shown["status"]!.GetValue<string>(), shown["error"]!.GetValue<string>());
            return await s.GetAsync($"{Downloads}{id}/");
        });
    }

    private static ConformanceCase Cancel(string fixture, double progress, Action<TestServer>? before = null) => new(fixture, async s =>
    {
        var id = await s.StartRunAsync();
        s.Clock.Advance(RunDuration * progress);
        before?.Invoke(s);
        return await s.PostAsync($"{Downloads}{id}/cancel/");
    });

    private static ConformanceCase DownloadPart(string fixture, string path, double progress, Action<TestServer>? before = null) =>
        new(fixture, async s =>
        {
            var id = await s.StartRunAsync();
            s.Clock.Advance(RunDuration * progress);
            before?.Invoke(s);
            return await s.GetAsync($"{Downloads}{id}/{path}");
        });

    private static async Task StartThreeRunsAsync(TestServer server)
    {
        await server.StartRunAsync(Download(b => b["file"]!["compression"] = "zstd"));
        await server.StartRunAsync();
        server.Clock.Advance(RunDuration);
        await server.StartRunAsync();
        server.Clock.Advance(RunDuration / 2);
    }
}
