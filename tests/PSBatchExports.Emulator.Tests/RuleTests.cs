using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Rules of the wire contract that take several requests to verify.</summary>
public class RuleTests
{
    [Theory]
    [InlineData("""{"name":"\ud83d"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("{")]
    public async Task Unreadable_body_is_a_parse_error(string body)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await server.SendAsync(HttpMethod.Post, Exports, change: request => request.Content = content);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("parse_error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_links_lead_to_the_end_and_keep_other_parameters()
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 5 });
        var names = new List<string>();
        string? next = Exports + "?z=1&limit=2&a=b%20c";
        while (next is not null)
        {
            var page = await server.GetJsonAsync(next);
            names.AddRange(page["results"]!.AsArray().Select(e => e!["name"]!.GetValue<string>()));
            next = page["next"]?.GetValue<string>();
            if (next is not null)
                Assert.Contains("?a=b%20c&limit=2&offset=", next, StringComparison.Ordinal);
        }

        Assert.Equal(5, names.Distinct().Count());
    }

    [Theory]
    [InlineData("limit=0&offset=-3", 3)]
    [InlineData("limit=x&offset=y", 3)]
    [InlineData("offset=99", 0)]
    public async Task Invalid_limit_and_offset_fall_back_to_the_defaults(string query, int shown)
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 3 });
        var page = await server.GetJsonAsync($"{Exports}?{query}");
        Assert.Equal(shown, page["results"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("WARNING,ERROR", 2)]
    [InlineData("warning,error", 2)]
    [InlineData("WARNING, ERROR", 1)]
    [InlineData(",", 0)]
    public async Task Log_levels_ignore_case_and_are_not_trimmed(string levels, int shown)
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 1 });
        var id = (await server.GetJsonAsync(Exports))["results"]![0]!["id"]!.GetValue<string>();
        foreach (var level in new[] { "WARNING", "ERROR" })
            await server.ControlAsync("logs", $$"""{"sourceId":"{{id}}","message":"levels","level":"{{level}}","count":1}""");

        var page = await server.GetJsonAsync($"{Exports}{id}/logs/?search=levels&level={Uri.EscapeDataString(levels)}");

        Assert.Equal(shown, page["results"]!.AsArray().Count);
    }

    [Fact]
    public async Task Page_links_of_environments_point_to_projects_except_on_older_servers()
    {
        await using var newest = await TestServer.StartAsync(o => o with { Exports = 2 });
        await using var older = await TestServer.StartAsync(o => o with { Exports = 2, OlderServer = true });
        const string Path = "/api/environments/12345/batch_exports/?limit=1";
        Assert.Contains("/api/projects/", (await newest.GetJsonAsync(Path))["next"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("/api/environments/", (await older.GetJsonAsync(Path))["next"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/projects/12345/batch_exports")]
    [InlineData("/api/projects/@current/batch_exports/")]
    [InlineData("/api/organizations/@current/batch_exports")]
    public async Task Path_accepts_current_and_a_missing_trailing_slash(string path)
    {
        await using var server = await TestServer.StartAsync();
        await server.GetJsonAsync(path);
    }

    [Theory]
    [InlineData("/api/projects/12345/BATCH_EXPORTS/")]
    [InlineData("/api/Projects/12345/batch_exports/")]
    [InlineData("/api/projects/12345//batch_exports/")]
    [InlineData("/api/projects/12345/batch_exports.json")]
    [InlineData("/api/projects/12345/batch_exports%2F")]
    public async Task Path_is_case_sensitive_and_not_normalized(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.GetAsync(path);
        Assert.Equal(404, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/api/projects/12345/batch_exports/?personal_api_key=phx_emulator_read_only", 200)]
    [InlineData("/api/projects/12345/batch_exports/?personal_api_key=phc_token", 401)]
    public async Task API_key_is_accepted_in_the_query(string path, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.GetAsync(path, key: null);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task API_key_in_the_header_wins_over_the_body()
    {
        await using var server = await TestServer.StartAsync();
        var body = Export(b => b["personal_api_key"] = EmulatorOptions.DefaultApiKey);
        using var byBody = await server.PostAsync(Exports, body, key: null);
        using var byHeader = await server.PostAsync(Exports, body, key: "phx_wrong");
        Assert.Equal(201, (int)byBody.StatusCode);
        Assert.Equal(401, (int)byHeader.StatusCode);
    }

    [Fact]
    public async Task Update_merges_the_configuration_and_hides_secrets()
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.CreateExportAsync("create-batch-export.request.redshift-copy-inline");
        var shown = await server.GetJsonAsync($"{Exports}{id}/");
        Assert.Equal("{}", shown["destination"]!["config"]!["copy_inputs"]!["authorization"]!.ToJsonString());

        await server.RequestAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject
        {
            ["destination"] = new JsonObject
            {
                ["type"] = "Redshift",
                ["integration"] = 640,
                ["config"] = new JsonObject { ["copy_inputs"] = new JsonObject { ["s3_key_prefix"] = "new/" } },
            },
        });

        var stored = Assert.Single(server.State.Exports, e => e.Id == Guid.Parse(id)).Config["copy_inputs"]!;
        Assert.Equal("new/", stored["s3_key_prefix"]!.GetValue<string>());
        Assert.Equal("example-secret", stored["authorization"]!["aws_secret_access_key"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"interval":"week"}""", 1, 6)]
    [InlineData("""{"interval":"week","offset_day":2}""", 2, 0)]
    [InlineData("""{"interval":"day","offset_hour":null}""", null, 0)]
    [InlineData("""{"interval":"day"}""", null, 30)]
    [InlineData("""{"interval":"hour"}""", null, null)]
    [InlineData("""{"timezone":null}""", 1, 6)]
    public async Task Schedule_offsets_follow_the_interval(string change, int? day, int? hour)
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.CreateExportAsync("create-batch-export.request.snowflake");
        var shown = await server.RequestAsync(HttpMethod.Patch, $"{Exports}{id}/", JsonNode.Parse(change));
        Assert.Equal(day, shown["offset_day"]?.GetValue<int>());
        Assert.Equal(hour, shown["offset_hour"]?.GetValue<int>());
    }

    [Fact]
    public async Task Only_the_first_field_error_is_reported()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.PostAsync(Exports, new JsonObject { ["interval"] = "month", ["model"] = "groups" });
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("name", error["attr"]!.GetValue<string>());
    }

    [Fact]
    public async Task Pause_is_idempotent_and_a_second_delete_is_not_found()
    {
        await using var server = await TestServer.StartAsync();
        var path = $"{Exports}{await server.CreateExportAsync()}/";
        await server.PostJsonAsync(path + "pause/");
        var once = await server.GetJsonAsync(path);
        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.PostJsonAsync(path + "pause/");
        Assert.Equal(once.ToJsonString(), (await server.GetJsonAsync(path)).ToJsonString());

        using var first = await server.SendAsync(HttpMethod.Delete, path);
        using var second = await server.SendAsync(HttpMethod.Delete, path);
        Assert.Equal((204, 404), ((int)first.StatusCode, (int)second.StatusCode));
    }

    [Fact]
    public async Task Completed_run_shows_Running_until_its_files_are_listed()
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.StartRunAsync();
        var seen = new List<string>();
        for (var step = 0; step <= 4; step++)
        {
            var shown = await server.GetJsonAsync($"{Downloads}{id}/");
            var listed = (await server.GetJsonAsync(Downloads))["results"]![0]!;
            seen.Add($"{shown["status"]}/{listed["status"]}");
            server.Clock.Advance(RunDuration * (step == 2 ? 0.35 : step == 3 ? 0.15 : 0.25));
        }

        Assert.Equal(["Starting/Starting", "Running/Running", "Running/Running", "Running/Completed", "Completed/Completed"], seen);
    }

    [Fact]
    public async Task Run_older_than_a_week_needs_a_wider_window()
    {
        await using var server = await TestServer.StartAsync();
        var export = await server.CreateExportAsync();
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = Guid.Parse(export),
            DataIntervalEnd = server.Clock.GetUtcNow().AddDays(-30),
            Status = RunStatus.Failed,
            CreatedAt = server.Clock.GetUtcNow().AddDays(-30),
            LastUpdatedAt = server.Clock.GetUtcNow().AddDays(-30),
        };
        server.State.AddRun(run);
        using var hidden = await server.GetAsync($"{Exports}{export}/runs/{run.Id}/");
        using var found = await server.GetAsync($"{Exports}{export}/runs/{run.Id}/?after=-365d");
        Assert.Equal((404, 200), ((int)hidden.StatusCode, (int)found.StatusCode));
    }

    [Fact]
    public async Task Backfill_becomes_visible_later_and_its_runs_complete()
    {
        await using var server = await TestServer.StartAsync();
        var export = await server.CreateExportAsync();
        var path = $"{Exports}{export}/backfills/";
        var created = await server.PostJsonAsync(path, Backfill("2026-10-01T00:00:00Z", "2026-10-01T06:00:00Z"));
        var id = created["backfill_id"]!.GetValue<string>();
        using var early = await server.GetAsync($"{path}{id}/");
        server.Clock.Advance(RunDuration / 2);
        var half = await server.GetJsonAsync($"{path}{id}/");
        server.Clock.Advance(RunDuration);
        var runs = (await server.GetJsonAsync($"{Exports}{export}/runs/"))["results"]!.AsArray();

        Assert.Equal(404, (int)early.StatusCode);
        Assert.Equal(3, half["progress"]!["finished_runs"]!.GetValue<int>());
        Assert.Equal(6, runs.Count(r => r!["backfill"]!.GetValue<string>() == id && r["status"]!.GetValue<string>() == "Completed"));
    }

    [Fact]
    public async Task Offset_without_interval_is_a_server_error_only_on_updates()
    {
        await using var server = await TestServer.StartAsync();
        var id = await server.CreateExportAsync();
        using var update = await server.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["offset_day"] = 1 });
        using var create = await server.PostAsync(Exports, Export(b =>
        {
            b.Remove("interval");
            b["offset_day"] = 1;
        }));
        Assert.Equal((500, 400), ((int)update.StatusCode, (int)create.StatusCode));
    }

    [Fact]
    public async Task Rate_limits_are_per_key_with_a_sliding_window()
    {
        await using var server = await TestServer.StartAsync(o => o with { RateLimiting = true, RequestsPerMinute = 2 });
        var statuses = new List<int>();
        foreach (var (key, wait) in new[] { ("a", 0), ("a", 40), ("a", 0), ("b", 20), ("a", 0), ("a", 0) })
        {
            using var response = await server.GetAsync(Exports, key == "a" ? EmulatorOptions.DefaultApiKey : WellKnown.ReadOnlyKey);
            statuses.Add((int)response.StatusCode);
            server.Clock.Advance(TimeSpan.FromSeconds(wait));
        }

        Assert.Equal([200, 200, 429, 200, 200, 200], statuses);
    }
}
