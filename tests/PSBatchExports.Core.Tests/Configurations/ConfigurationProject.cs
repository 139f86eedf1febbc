using System.Text.Json.Nodes;

namespace PSBatchExports.Core.Tests;

/// <summary>A project of the emulator and a folder of configuration files.</summary>
internal sealed class ConfigurationProject : IAsyncDisposable
{
    private ConfigurationProject(TestService service, IReadOnlyList<BatchExportIntegration> integrations) =>
        (Service, Integrations) = (service, integrations);

    public TestService Service { get; }

    public IReadOnlyList<BatchExportIntegration> Integrations { get; }

    public TestFolder Folder { get; } = new();

    public ScopedClient Api => Service.Client.In(Service.Project);

    public static async Task<ConfigurationProject> StartAsync()
    {
        Environment.SetEnvironmentVariable("PSBATCHEXPORTS_TEST_TOKEN", "phc_seeded-token");
        var service = await TestService.StartAsync();
        return new(service, await service.Client.In(service.Project).Integrations.ListAsync().ToListAsync());
    }

    public string Write(JsonObject file, string? name = null)
    {
        var path = Path.Combine(Folder.Path, $"{name ?? file["name"]!.GetValue<string>()}.json");
        File.WriteAllText(path, file.ToJsonString());
        return path;
    }

    public async Task<ConfigurationComparisonResult> CompareAsync(string? overlay = null, Func<string, bool>? isInScope = null) =>
        await Api.Configurations.CompareAsync(Folder.Path, overlay, isInScope).WithTimeout();

    /// <summary>Compares without failures. Returns what differs.</summary>
    public async Task<BatchExportConfigurationDifference[]> DifferencesAsync(string? overlay = null, Func<string, bool>? isInScope = null)
    {
        var result = await CompareAsync(overlay, isInScope);
        Xunit.Assert.Empty(result.Failures);
        return [.. result.Differences.Where(difference => difference.Change != ConfigurationChange.Equal)];
    }

    public async Task SyncAsync(Func<string, bool>? isInScope = null)
    {
        var differences = await DifferencesAsync(isInScope: isInScope);
        var api = Api.Configurations;
        foreach (var difference in differences)
            await api.ApplyAsync(difference).WithTimeout();
    }

    /// <summary>The requests that change something, since a number of requests.</summary>
    public IEnumerable<PSBatchExports.Emulator.RecordedRequest> Writes(int since) =>
        Service.Requests.Skip(since).Where(request => request.Method != "GET");

    public async ValueTask DisposeAsync()
    {
        Folder.Dispose();
        await Service.DisposeAsync();
    }
}
