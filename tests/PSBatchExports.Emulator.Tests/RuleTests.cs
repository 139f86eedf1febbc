using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.Bodies;
using static PSBatchExports.Emulator.Tests.Scene;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Rules of the contract that need more than one request to see.</summary>
public class RuleTests
{
    [Theory]
    [InlineData("""{"name":"\ud83d"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("{")]
    public async Task A_body_that_cannot_be_read_is_a_parse_error(string body)
    {
        await using var scene = await Scene.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await scene.SendAsync(HttpMethod.Post, Exports, change: request => request.Content = content);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("parse_error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_can_be_followed_to_the_end_and_keep_the_other_parameters()
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 5 });
        var names = new List<string>();
        string? next = Exports + "?z=1&limit=2&a=b%20c";
        while (next is not null)
        {
            var page = await scene.DoAsync(HttpMethod.Get, next);
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
    public async Task Odd_pages_fall_back(string query, int shown)
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 3 });
        var page = await scene.DoAsync(HttpMethod.Get, $"{Exports}?{query}");
        Assert.Equal(shown, page["results"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("WARNING,ERROR", 2)]
    [InlineData("warning,error", 2)]
    [InlineData("WARNING, ERROR", 1)]
    [InlineData(",", 0)]
    public async Task Log_levels_are_not_trimmed(string levels, int shown)
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 1 });
        var id = (await scene.DoAsync(HttpMethod.Get, Exports))["results"]![0]!["id"]!.GetValue<string>();
        foreach (var level in new[] { "WARNING", "ERROR" })
            await scene.DoAsync(HttpMethod.Post, "/_emulator/logs", new JsonObject { ["sourceId"] = id, ["message"] = "levels", ["level"] = level, ["count"] = 1 });

        var page = await scene.DoAsync(HttpMethod.Get, $"{Exports}{id}/logs/?search=levels&level={Uri.EscapeDataString(levels)}");

        Assert.Equal(shown, page["results"]!.AsArray().Count);
    }

    [Fact]
    public async Task Links_of_the_environment_prefix_point_to_projects_unless_the_server_is_older()
    {
        await using var newest = await Scene.StartAsync(o => o with { Exports = 2 });
        await using var older = await Scene.StartAsync(o => o with { Exports = 2, OlderServer = true });
        const string Path = "/api/environments/12345/batch_exports/?limit=1";
        Assert.Contains("/api/projects/", (await newest.DoAsync(HttpMethod.Get, Path))["next"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("/api/environments/", (await older.DoAsync(HttpMethod.Get, Path))["next"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/projects/12345/batch_exports")]
    [InlineData("/api/projects/@current/batch_exports/")]
    [InlineData("/api/organizations/@current/batch_exports")]
    public async Task Paths_have_other_spellings(string path)
    {
        await using var scene = await Scene.StartAsync();
        await scene.DoAsync(HttpMethod.Get, path);
    }

    [Theory]
    [InlineData("/api/projects/12345/batch_exports/?personal_api_key=phx_emulator_read_only", 200)]
    [InlineData("/api/projects/12345/batch_exports/?personal_api_key=phc_token", 401)]
    public async Task The_key_may_be_in_the_query(string path, int status)
    {
        await using var scene = await Scene.StartAsync();
        using var answer = await scene.GetAsync(path, key: null);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_key_may_be_in_the_body_and_the_header_wins()
    {
        await using var scene = await Scene.StartAsync();
        var body = Export(b => b["personal_api_key"] = EmulatorOptions.DefaultApiKey);
        using var byBody = await scene.PostAsync(Exports, body, key: null);
        using var byHeader = await scene.PostAsync(Exports, body, key: "phx_wrong");
        Assert.Equal(201, (int)byBody.StatusCode);
        Assert.Equal(401, (int)byHeader.StatusCode);
    }

    [Fact]
    public async Task Updates_merge_the_configuration_and_keep_secrets_hidden()
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.CreateExportAsync("create-batch-export.request.redshift-copy-inline");
        var shown = await scene.DoAsync(HttpMethod.Get, $"{Exports}{id}/");
        Assert.Equal("{}", shown["destination"]!["config"]!["copy_inputs"]!["authorization"]!.ToJsonString());

        await scene.DoAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject
        {
            ["destination"] = new JsonObject
            {
                ["type"] = "Redshift",
                ["integration"] = 640,
                ["config"] = new JsonObject { ["copy_inputs"] = new JsonObject { ["s3_key_prefix"] = "new/" } },
            },
        });

        var stored = Assert.Single(scene.State.Exports, e => e.Id == Guid.Parse(id)).Config["copy_inputs"]!;
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
    public async Task Offsets_follow_the_interval(string change, int? day, int? hour)
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.CreateExportAsync("create-batch-export.request.snowflake");
        var shown = await scene.DoAsync(HttpMethod.Patch, $"{Exports}{id}/", JsonNode.Parse(change));
        Assert.Equal(day, shown["offset_day"]?.GetValue<int>());
        Assert.Equal(hour, shown["offset_hour"]?.GetValue<int>());
    }

    [Fact]
    public async Task Only_the_first_error_is_reported_in_the_order_of_the_fields()
    {
        await using var scene = await Scene.StartAsync();
        using var answer = await scene.PostAsync(Exports, new JsonObject { ["interval"] = "month", ["model"] = "groups" });
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("name", error["attr"]!.GetValue<string>());
    }

    [Fact]
    public async Task Pausing_twice_changes_nothing_and_deleting_twice_is_not_found()
    {
        await using var scene = await Scene.StartAsync();
        var path = $"{Exports}{await scene.CreateExportAsync()}/";
        await scene.DoAsync(HttpMethod.Post, path + "pause/");
        var once = await scene.DoAsync(HttpMethod.Get, path);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await scene.DoAsync(HttpMethod.Post, path + "pause/");
        Assert.Equal(once.ToJsonString(), (await scene.DoAsync(HttpMethod.Get, path)).ToJsonString());

        using var first = await scene.SendAsync(HttpMethod.Delete, path);
        using var second = await scene.SendAsync(HttpMethod.Delete, path);
        Assert.Equal((204, 404), ((int)first.StatusCode, (int)second.StatusCode));
    }

    [Fact]
    public async Task A_run_goes_through_its_states_and_is_masked_until_its_files_are_listed()
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.StartRunAsync();
        var seen = new List<string>();
        for (var step = 0; step <= 4; step++)
        {
            var shown = await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/");
            var listed = (await scene.DoAsync(HttpMethod.Get, Downloads))["results"]![0]!;
            seen.Add($"{shown["status"]}/{listed["status"]}");
            scene.Clock.Advance(RunDuration * (step == 2 ? 0.35 : step == 3 ? 0.15 : 0.25));
        }

        Assert.Equal(["Starting/Starting", "Running/Running", "Running/Running", "Running/Completed", "Completed/Completed"], seen);
    }

    [Fact]
    public async Task Runs_older_than_a_week_are_only_found_with_a_wider_window()
    {
        await using var scene = await Scene.StartAsync();
        var export = await scene.CreateExportAsync();
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = Guid.Parse(export),
            DataIntervalEnd = scene.Clock.GetUtcNow().AddDays(-30),
            Status = Emulator.RunStatus.Failed,
            CreatedAt = scene.Clock.GetUtcNow().AddDays(-30),
            LastUpdatedAt = scene.Clock.GetUtcNow().AddDays(-30),
        };
        scene.State.AddRun(run);
        using var hidden = await scene.GetAsync($"{Exports}{export}/runs/{run.Id}/");
        using var found = await scene.GetAsync($"{Exports}{export}/runs/{run.Id}/?after=-365d");
        Assert.Equal((404, 200), ((int)hidden.StatusCode, (int)found.StatusCode));
    }

    [Fact]
    public async Task A_backfill_appears_a_little_later_and_its_runs_complete()
    {
        await using var scene = await Scene.StartAsync();
        var export = await scene.CreateExportAsync();
        var path = $"{Exports}{export}/backfills/";
        var id = (await scene.DoAsync(HttpMethod.Post, path, Backfill("2026-10-01T00:00:00Z", "2026-10-01T06:00:00Z")))["backfill_id"]!.GetValue<string>();
        using var early = await scene.GetAsync($"{path}{id}/");
        scene.Clock.Advance(RunDuration / 2);
        var half = await scene.DoAsync(HttpMethod.Get, $"{path}{id}/");
        scene.Clock.Advance(RunDuration);
        var runs = (await scene.DoAsync(HttpMethod.Get, $"{Exports}{export}/runs/"))["results"]!.AsArray();

        Assert.Equal(404, (int)early.StatusCode);
        Assert.Equal(3, half["progress"]!["finished_runs"]!.GetValue<int>());
        Assert.Equal(6, runs.Count(r => r!["backfill"]!.GetValue<string>() == id && r["status"]!.GetValue<string>() == "Completed"));
    }

    [Fact]
    public async Task An_offset_without_its_interval_is_the_servers_error_on_updates_only()
    {
        await using var scene = await Scene.StartAsync();
        var id = await scene.CreateExportAsync();
        using var update = await scene.SendAsync(HttpMethod.Patch, $"{Exports}{id}/", new JsonObject { ["offset_day"] = 1 });
        using var create = await scene.PostAsync(Exports, Export(b =>
        {
            b.Remove("interval");
            b["offset_day"] = 1;
        }));
        Assert.Equal((500, 400), ((int)update.StatusCode, (int)create.StatusCode));
    }

    [Fact]
    public async Task Throttles_are_per_key_and_slide()
    {
        await using var scene = await Scene.StartAsync(o => o with { RateLimiting = true, RequestsPerMinute = 2 });
        var statuses = new List<int>();
        foreach (var (key, wait) in new[] { ("a", 0), ("a", 40), ("a", 0), ("b", 20), ("a", 0), ("a", 0) })
        {
            using var answer = await scene.GetAsync(Exports, key == "a" ? EmulatorOptions.DefaultApiKey : WellKnown.ReadOnlyKey);
            statuses.Add((int)answer.StatusCode);
            scene.Clock.Advance(TimeSpan.FromSeconds(wait));
        }

        Assert.Equal([200, 200, 429, 200, 200, 200], statuses);
    }
}
