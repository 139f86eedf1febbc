using System.Text.Json.Nodes;
using Xunit;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The control channel, through which other processes control the emulator.</summary>
public class ControlChannelTests
{
    [Fact]
    public async Task Recorded_requests_can_be_read_and_cleared()
    {
        await using var server = await TestServer.StartAsync();
        await server.GetJsonAsync(Exports + "?limit=1");
        var seen = await RequestsAsync(server);
        await server.RequestAsync(HttpMethod.Delete, "/_emulator/requests");

        var request = Assert.Single(seen)!;
        Assert.Equal(("api", "GET"), (Text(request, "origin"), Text(request, "method")));
        Assert.Equal((Exports, "limit=1"), (Text(request, "path"), Text(request, "query")));
        Assert.Equal(200, request["statusCode"]!.GetValue<int>());
        Assert.Empty(await RequestsAsync(server));
    }

    [Fact]
    public async Task Faults_can_be_added_and_cleared()
    {
        await using var server = await TestServer.StartAsync();
        await server.ControlAsync("faults", """[{"status":503,"headers":{"Retry-After":"1"}},{"status":500}]""");
        using var first = await server.GetAsync(Exports);
        await server.RequestAsync(HttpMethod.Delete, "/_emulator/faults");
        using var second = await server.GetAsync(Exports);

        Assert.Equal((503, 200), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(1, first.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Fact]
    public async Task Unknown_fault_member_is_rejected()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.PostAsync("/_emulator/faults", JsonNode.Parse("""{"stats":503}"""));
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Exports_keys_and_logs_can_be_added_and_a_run_forced_to_fail()
    {
        await using var server = await TestServer.StartAsync();
        var ids = (await server.ControlAsync("exports", """{"count":150,"namePrefix":"load-"}"""))["ids"]!.AsArray();
        var run = await server.StartRunAsync();
        await server.ControlAsync($"runs/{run}", """{"status":"Failed","error":"no room"}""");
        await server.ControlAsync("keys", """{"key":"phx_new","scopes":["batch_export:read"]}""");
        await server.ControlAsync("logs", $$"""{"sourceId":"{{ids[0]}}","message":"again","count":60}""");

        using var page = await server.GetAsync(Exports, "phx_new");
        var shown = JsonNode.Parse(await page.Content.ReadAsStringAsync())!;
        Assert.Equal(150, shown["count"]!.GetValue<int>());
        Assert.Equal(100, shown["results"]!.AsArray().Count);
        Assert.Equal("no room", Text(await server.GetJsonAsync($"{Downloads}{run}/"), "error"));
        Assert.Equal(60, (await server.GetJsonAsync($"{Exports}{ids[0]}/logs/?limit=500&search=again"))["count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("exports", """{"count":2000000000}""", "count", 20_000)]
    [InlineData("exports", """{"count":1e300}""", "count", 20_000)]
    [InlineData("exports", """{"count":-1}""", "count", 0)]
    [InlineData("logs", """{"sourceId":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30","count":2147483647}""", "count", 200_000)]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"count":99999999}""", "count", 100_000)]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"daysAgo":1e9}""", "daysAgo", 36_500)]
    [InlineData("faults", """{"status":99}""", "status", 200)]
    [InlineData("faults", """{"status":1000}""", "status", 599)]
    [InlineData("faults", """{"times":99999999999}""", "times", 1_000_000)]
    [InlineData("faults", """{"delay":1e12}""", "delay", 3600)]
    [InlineData("faults", """{"truncateAfter":-1}""", "truncateAfter", 0)]
    [InlineData("switches", """{"fileVersion":256}""", "fileVersion", 255)]
    public async Task Out_of_range_number_is_rejected_with_its_field_and_limit(string command, string body, string field, int limit)
    {
        await using var server = await TestServer.StartAsync();
        var (response, status) = await SendAsync(server, command, body);

        Assert.Equal((400, field, limit), (status, response["field"]?.GetValue<string>(), response["limit"]?.GetValue<int>()));
        Assert.Contains(field, Text(response, "detail"), StringComparison.Ordinal);
        Assert.Empty(server.ExportNames());
    }

    [Theory]
    [InlineData("exports", "")]
    [InlineData("exports", "null")]
    [InlineData("exports", "[]")]
    [InlineData("exports", "7")]
    [InlineData("exports", "{")]
    [InlineData("exports", """{"count":"many"}""")]
    [InlineData("exports", """{"count":1.5}""")]
    [InlineData("exports", """{"count":1,"count":2}""")]
    [InlineData("exports", """{"namePrefix":{}}""")]
    [InlineData("exports", """{"namePrefix":"\ud83d"}""")]
    [InlineData("faults", "[null]")]
    [InlineData("faults", """{"pathPattern":"("}""")]
    [InlineData("faults", """{"headers":[]}""")]
    [InlineData("faults", """{"headers":{"a b":"x"}}""")]
    [InlineData("faults", """{"headers":{"":"x"}}""")]
    [InlineData("faults", """{"headers":{"X":"a\r\nb"}}""")]
    [InlineData("faults", """{"headers":{"Content-Length":"x"}}""")]
    [InlineData("faults", """{"contentType":"\u0000"}""")]
    [InlineData("faults", """{"reset":"yes"}""")]
    [InlineData("faults", """{"origin":5}""")]
    [InlineData("runs", """{"status":"Failed"}""")]
    [InlineData("runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"listSeconds":20}""")]
    [InlineData("switches", """{"hogqlAuthor":"unknown"}""")]
    [InlineData("runs/not-an-id", """{"status":"Failed"}""")]
    [InlineData("runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"status":"Failed"}""")]
    [InlineData("runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", "{}")]
    [InlineData("logs", "{}")]
    [InlineData("logs", """{"sourceId":"x"}""")]
    [InlineData("logs", """{"sourceId":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30","timestamp":"never"}""")]
    [InlineData("logs", """{"sourceId":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30","count":9,"stepSeconds":1e13}""")]
    [InlineData("keys", "{}")]
    [InlineData("keys", """{"key":"k","scopes":"all"}""")]
    [InlineData("keys", """{"key":"k","scopes":[null]}""")]
    [InlineData("keys", """{"key":"k","scopedProjects":["x"]}""")]
    [InlineData("keys", """{"key":"k","scopedOrganizations":[1]}""")]
    [InlineData("switches", """{"failToStart":1}""")]
    [InlineData("exports", """{"interval":"month"}""")]
    [InlineData("exports", """{"incident":"flood"}""")]
    [InlineData("exports", """{"historyDays":-1}""")]
    [InlineData("exports/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"runError":"x"}""")]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"status":"Nope"}""")]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"state":"Failed"}""")]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"status":"Failed","count":2}""")]
    [InlineData("scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"backfillId":"x"}""")]
    [InlineData(
        "scheduled-runs/0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", """{"start":"2026-10-02T00:00:00Z","end":"2026-10-01T00:00:00Z"}""")]
    [InlineData("unknown", "{}")]
    [InlineData("", "{}")]
    public async Task Malformed_input_is_rejected_with_a_message(string command, string body)
    {
        await using var server = await TestServer.StartAsync();
        var (response, status) = await SendAsync(server, command, body);

        Assert.Equal(400, status);
        Assert.NotEmpty(Text(response, "detail"));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    [InlineData(599)]
    public async Task Fault_with_a_body_works_for_every_status(int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.ControlAsync("faults", new JsonObject { ["status"] = status, ["body"] = "text" });
        using var response = await server.GetAsync(Exports);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Path_pattern_that_times_out_matches_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await server.ControlAsync("faults", """{"status":500,"pathPattern":"^(([a-z_0-9/]+)+)+!$"}""");
        using var response = await server.GetAsync(Exports);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("rebound.example", null, null)]
    [InlineData("10.0.0.1", null, null)]
    [InlineData("127.0.0.1.example", null, null)]
    [InlineData(null, "https://page.example", null)]
    [InlineData(null, "null", null)]
    [InlineData(null, "http://127.0.0.1:1", null)]
    [InlineData(null, null, "cross-site")]
    [InlineData(null, null, "same-site")]
    public async Task Requests_from_web_pages_are_rejected(string? host, string? origin, string? site)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.SendAsync(HttpMethod.Delete, "/_emulator/requests", key: null, change: request =>
        {
            request.Headers.Host = host;
            if (origin is not null)
                request.Headers.TryAddWithoutValidation("Origin", origin);
            if (site is not null)
                request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        });

        Assert.Equal(403, (int)response.StatusCode);
        Assert.NotEmpty(Text(JsonNode.Parse(await response.Content.ReadAsStringAsync())!, "detail"));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.2")]
    [InlineData("[::1]")]
    public async Task Local_programs_are_accepted_under_any_loopback_name(string host)
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.SendAsync(HttpMethod.Delete, "/_emulator/requests", key: null, change: request =>
            request.Headers.Host = $"{host}:{server.Host.ApiOrigin.Port}");

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Same_origin_page_is_accepted()
    {
        await using var server = await TestServer.StartAsync();
        var origin = server.Host.ApiOrigin.GetLeftPart(UriPartial.Authority);
        using var response = await server.SendAsync(HttpMethod.Delete, "/_emulator/requests", key: null, change: request =>
            request.Headers.Add("Origin", origin));

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Reset_restores_the_initial_state()
    {
        await using var server = await TestServer.StartAsync(o => o with { Exports = 2 });
        await server.CreateExportAsync();
        await server.ControlAsync("reset");
        Assert.Equal(2, server.ExportNames().Length);
        Assert.Empty(server.Host.Requests.Snapshot());
    }

    private static async Task<(JsonNode Answer, int Status)> SendAsync(TestServer server, string command, string body)
    {
        using var content = new StringContent(body);
        using var response = await server.SendAsync(HttpMethod.Post, $"/_emulator/{command}", key: null, change: request =>
            request.Content = content);
        return (JsonNode.Parse(await response.Content.ReadAsStringAsync())!, (int)response.StatusCode);
    }

    private static async Task<JsonArray> RequestsAsync(TestServer server)
    {
        using var response = await server.GetAsync("/_emulator/requests", key: null);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
