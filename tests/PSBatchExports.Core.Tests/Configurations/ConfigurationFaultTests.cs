using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A fault at each request of a sync: every export is as before or as its file says, and further calls end the work.</summary>
public sealed class ConfigurationFaultTests
{
    public static TheoryData<string> Faults => RequestFaults.Names;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_at_any_request_leaves_each_export_old_or_new(string fault)
    {
        var requests = await CountRequestsAsync();
        for (var request = 0; request < requests; request++)
        {
            await using var project = await StartAsync();
            var before = await StatesAsync(project);
            var first = project.Service.Requests.Count;
            project.Service.Break(RequestFaults.At(fault, request));
            await TrySyncAsync(project);
            project.Service.Emulator.Faults.Clear();
            Assert.True(project.Service.Requests.Count > first);

            AssertOldOrNew(before, await StatesAsync(project), $"{fault} at {request}");
            await FinishAsync(project);
            var states = (await StatesAsync(project)).Select(Text).Order(StringComparer.Ordinal);
            Assert.Equal(["created hour", "replaced Snowflake hour running", "updated day"], states);

            var done = project.Service.Requests.Count;
            await project.SyncAsync(_ => true);
            Assert.Empty(project.Writes(done));
        }
    }

    private static async Task<int> CountRequestsAsync()
    {
        await using var project = await StartAsync();
        var before = project.Service.Requests.Count;
        await project.SyncAsync(_ => true);
        return project.Service.Requests.Count - before;
    }

    private static async Task<ConfigurationProject> StartAsync()
    {
        var project = await ConfigurationProject.StartAsync();
        foreach (var name in new[] { "removed", "updated", "replaced" })
            project.Service.AddExport().Name = name;

        project.Write(FileOf("created", "hour"));
        project.Write(FileOf("updated", "day"));
        var replaced = FileOf("replaced", "hour");
        replaced["destination"] = JsonNode.Parse(
            """
            {"type":"Snowflake","integration":{"kind":"snowflake","name":"Warehouse"},
            "config":{"database":"d","warehouse":"w","schema":"s"}}
            """);
        var snowflake = project.Integrations.First(integration => integration.Kind == "snowflake");
        replaced["destination"]!["integration"]!["name"] = snowflake.Name;
        project.Write(replaced);
        return project;
    }

    private static JsonObject FileOf(string name, string interval) => new()
    {
        ["name"] = name,
        ["interval"] = interval,
        ["destination"] = JsonNode.Parse(
            """
            {"type":"AwsS3","integration":{"kind":"aws-s3","name":"Export bucket key"},
            "config":{"bucket_name":"b","region":"r","prefix":"p"}}
            """),
    };

    private static async Task TrySyncAsync(ConfigurationProject project)
    {
        BatchExportConfigurationDifference[] differences;
        try
        {
            differences = await project.DifferencesAsync(isInScope: _ => true);
        }
        catch (BatchExportException)
        {
            return;
        }

        var api = project.Api.Configurations;
        foreach (var difference in differences)
        {
            try
            {
                await api.ApplyAsync(difference).WithTimeout();
            }
            catch (Exception failure) when (failure is BatchExportException or ConfigurationException)
            {
                // The others go on.
            }
        }
    }

    private static Task FinishAsync(ConfigurationProject project) => project.SyncAsync(_ => true);

    private static async Task<List<BatchExport>> StatesAsync(ConfigurationProject project) =>
        await project.Api.Exports.ListAsync().ToListAsync();

    private static string Text(BatchExport export) => export.Name == "replaced"
        ? $"{export.Name} {export.Destination} {export.Interval} {(export.Paused ? "paused" : "running")}"
        : $"{export.Name} {export.Interval}";

    private static void AssertOldOrNew(IReadOnlyList<BatchExport> before, IReadOnlyList<BatchExport> after, string fault)
    {
        foreach (var old in before.Where(export => export.Name != "removed"))
        {
            var isThere = after.Any(export => export.Name == old.Name || export.Name == $"{old.Name} (replacement)");
            Assert.True(isThere, $"{fault}: {old.Name} is gone.");
        }

        var twice = after.GroupBy(export => export.Name, StringComparer.Ordinal)
            .Where(named => named.Count() > 1)
            .Select(named => named.Key);
        Assert.True(!twice.Any(), $"{fault}: made twice: {string.Join(", ", twice)}.");
    }
}
