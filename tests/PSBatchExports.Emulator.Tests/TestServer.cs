using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>A running emulator with a fake clock, and an HTTP client for it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    public const string Project = "/api/projects/12345";
    public const string OrganizationLevel = "/api/organizations/0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e88";
    public const string Exports = Project + "/batch_exports/";
    public const string Integrations = Project + "/integrations/";
    public const string Downloads = Project + "/file_download_batch_exports/";
    public static readonly TimeSpan RunDuration = TimeSpan.FromSeconds(100);

    private readonly HttpClient _client;

    private TestServer(EmulatorHost host, FakeTimeProvider clock)
    {
        Host = host;
        Clock = clock;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
        _client = new HttpClient(handler) { BaseAddress = host.ApiOrigin, Timeout = TimeSpan.FromSeconds(20) };
    }

    public EmulatorHost Host { get; }

    public EmulatorState State => Host.State;

    public FakeTimeProvider Clock { get; }

    public static async Task<TestServer> StartAsync(Func<EmulatorOptions, EmulatorOptions>? change = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 10, 8, 12, 30, 0, TimeSpan.Zero));
        var options = new EmulatorOptions { TimeProvider = clock, Exports = 0, EventsPerHour = 4, RunDuration = RunDuration };
        return new TestServer(await EmulatorHost.StartAsync(change?.Invoke(options) ?? options), clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? key = EmulatorOptions.DefaultApiKey) =>
        SendAsync(HttpMethod.Get, path, body: null, key);

    public Task<HttpResponseMessage> PostAsync(string path, JsonNode? body = null, string? key = EmulatorOptions.DefaultApiKey) =>
        SendAsync(HttpMethod.Post, path, body, key);

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? key = EmulatorOptions.DefaultApiKey,
        Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        change?.Invoke(request);
        return _client.SendAsync(request);
    }

    /// <summary>A request to the storage origin, without the key.</summary>
    public Task<HttpResponseMessage> FetchAsync(string url, Action<HttpRequestMessage>? change = null) =>
        SendAsync(HttpMethod.Get, url, key: null, change: change);

    /// <summary>As <see cref="FetchAsync"/>, without waiting for the body.</summary>
    public Task<HttpResponseMessage> FetchHeadersAsync(string url) =>
        _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The exports of the main project.</summary>
    public string[] ExportNames()
    {
        var exports = State.Exports.Where(e => e.ProjectId == Host.Options.ProjectId);
        return [.. exports.Select(e => e.Name)];
    }

    public Task<JsonObject> GetJsonAsync(string path) => RequestAsync(HttpMethod.Get, path);

    public Task<JsonObject> PostJsonAsync(string path, JsonNode? body = null) => RequestAsync(HttpMethod.Post, path, body);

    /// <summary>Posts to the control channel.</summary>
    public Task<JsonObject> ControlAsync(string command, JsonNode? body = null) => PostJsonAsync("/_emulator/" + command, body);

    public Task<JsonObject> ControlAsync(string command, string json) => ControlAsync(command, JsonNode.Parse(json));

    /// <summary>Sends a request and returns the object in the body of a successful response.</summary>
    public async Task<JsonObject> RequestAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode < 300, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public async Task<string> CreateExportAsync(JsonNode body) => (await PostJsonAsync(Exports, body))["id"]!.GetValue<string>();

    public Task<string> CreateExportAsync(string fixture = "create-batch-export.request.aws-s3") =>
        CreateExportAsync(Fixture.Json(fixture));

    public async Task<string> StartRunAsync(JsonNode? body = null) =>
        (await PostJsonAsync(Downloads, body ?? RequestBodies.Download()))["id"]!.GetValue<string>();

    public async Task<string> CompleteRunAsync(JsonNode? body = null)
    {
        var id = await StartRunAsync(body);
        Clock.Advance(RunDuration);
        return id;
    }

    /// <summary>Waits for a completed run to list its files, which are generated in the background.</summary>
    public async Task<JsonObject> GetGeneratedRunAsync(string id)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var run = await GetJsonAsync($"{Downloads}{id}/");
            if (run["files"] is not null)
                return run;
        }

        throw new TimeoutException($"The run {id} lists no files.");
    }

    /// <summary>The signed URL of a part of a completed run.</summary>
    public async Task<string> SignedUrlAsync(string runId, string part = "0")
    {
        using var response = await GetAsync($"{Downloads}{runId}/download/{part}/");
        Assert.Equal(302, (int)response.StatusCode);
        return response.Headers.GetValues("Location").Single();
    }
}
