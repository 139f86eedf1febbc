using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Core.Tests.EmulatorTests.Scene;

namespace PSBatchExports.Core.Tests.EmulatorTests;

/// <summary>What another process can do to a running emulator.</summary>
public class ControlChannelTests
{
    [Fact]
    public async Task Requests_can_be_read_and_forgotten()
    {
        await using var scene = await Scene.StartAsync();
        await scene.DoAsync(HttpMethod.Get, Exports + "?limit=1");
        var seen = await RequestsAsync(scene);
        await scene.DoAsync(HttpMethod.Delete, "/_emulator/requests");

        var request = Assert.Single(seen)!;
        Assert.Equal(
            ("api", "GET", Exports, "limit=1", 200),
            (Text(request, "origin"), Text(request, "method"), Text(request, "path"), Text(request, "query"), request["statusCode"]!.GetValue<int>()));
        Assert.Empty(await RequestsAsync(scene));
    }

    [Fact]
    public async Task Faults_can_be_scripted_and_taken_back()
    {
        await using var scene = await Scene.StartAsync();
        await scene.DoAsync(HttpMethod.Post, "/_emulator/faults", JsonNode.Parse("""[{"status":503,"headers":{"Retry-After":"1"}},{"status":500}]"""));
        using var first = await scene.GetAsync(Exports);
        await scene.DoAsync(HttpMethod.Delete, "/_emulator/faults");
        using var second = await scene.GetAsync(Exports);

        Assert.Equal((503, 200), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(1, first.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Fact]
    public async Task A_mistake_is_refused()
    {
        await using var scene = await Scene.StartAsync();
        using var answer = await scene.PostAsync("/_emulator/faults", JsonNode.Parse("""{"stats":503}"""));
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Exports_runs_keys_and_logs_can_be_made()
    {
        await using var scene = await Scene.StartAsync();
        var ids = (await scene.DoAsync(HttpMethod.Post, "/_emulator/exports", JsonNode.Parse("""{"count":150,"namePrefix":"load-"}""")))["ids"]!.AsArray();
        var run = await scene.StartRunAsync();
        await scene.DoAsync(HttpMethod.Post, $"/_emulator/runs/{run}", JsonNode.Parse("""{"status":"Failed","error":"no room"}"""));
        await scene.DoAsync(HttpMethod.Post, "/_emulator/keys", JsonNode.Parse("""{"key":"phx_new","scopes":["batch_export:read"]}"""));
        await scene.DoAsync(HttpMethod.Post, "/_emulator/logs", new JsonObject { ["sourceId"] = ids[0]!.GetValue<string>(), ["message"] = "again", ["count"] = 60 });

        using var page = await scene.GetAsync(Exports, "phx_new");
        var shown = JsonNode.Parse(await page.Content.ReadAsStringAsync())!;
        Assert.Equal(150, shown["count"]!.GetValue<int>());
        Assert.Equal(100, shown["results"]!.AsArray().Count);
        Assert.Equal("no room", Text(await scene.DoAsync(HttpMethod.Get, $"{Downloads}{run}/"), "error"));
        Assert.Equal(60, (await scene.DoAsync(HttpMethod.Get, $"{Exports}{ids[0]}/logs/?limit=500&search=again"))["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Reset_goes_back_to_the_beginning()
    {
        await using var scene = await Scene.StartAsync(o => o with { Exports = 2 });
        await scene.CreateExportAsync();
        await scene.DoAsync(HttpMethod.Post, "/_emulator/reset");
        Assert.Equal(2, scene.ExportNames().Length);
        Assert.Empty(scene.Host.Requests.Snapshot());
    }

    private static async Task<JsonArray> RequestsAsync(Scene scene)
    {
        using var answer = await scene.GetAsync("/_emulator/requests", key: null);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
