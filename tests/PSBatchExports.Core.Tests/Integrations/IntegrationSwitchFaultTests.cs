using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A fault at each request of a switch: every export has the old or the new integration, and further calls end the work.</summary>
public sealed class IntegrationSwitchFaultTests
{
    private const int Old = 731;
    private const int New = 733;
    private const string Role = "\"arn:aws:iam::123456789012:role/r\"";

    public static TheoryData<string> Faults => RequestFaults.Names;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_at_any_request_leaves_each_export_old_or_new(string fault)
    {
        await using var service = await TestService.StartAsync();
        var exports = AddExports(service);
        await SwitchAsync(service);
        var requests = service.Requests.Count;
        Assert.All(exports, export => Assert.Equal([New], ReferencesOf(export)));

        for (var request = 0; request < requests; request++)
        {
            Restore(exports);
            service.Break(RequestFaults.At(fault, request));
            await TrySwitchAsync(service);
            service.Emulator.Faults.Clear();
            Assert.All(exports, export => Assert.Single(ReferencesOf(export)));

            await SwitchAsync(service);
            Assert.All(exports, export => Assert.Equal([New], ReferencesOf(export)));

            var before = service.Requests.Count;
            Assert.Empty(await SwitchAsync(service));
            Assert.DoesNotContain(service.Requests.Skip(before), sent => sent.Method == "PATCH");
        }
    }

    private static async Task TrySwitchAsync(TestService service)
    {
        try
        {
            await SwitchAsync(service);
        }
        catch (BatchExportException)
        {
            // The plan failed, so nothing was begun.
        }
    }

    private static async Task<List<IntegrationSwitchOutcome>> SwitchAsync(TestService service)
    {
        var switcher = service.Client.In(service.Project).IntegrationSwitch;
        var plan = await switcher.PlanAsync("Export bucket key", "Export bucket role").WithTimeout();
        return await switcher.RunAsync(plan).ToListAsync();
    }

    private static StoredExport[] AddExports(TestService service)
    {
        var paused = service.AddExport(integration: Old);
        paused.Paused = true;
        return
        [
            service.AddExport(integration: Old),
            paused,
            service.AddExport("Redshift", 640, config: Copy("731", "731")),
            service.AddExport("Redshift", 640, config: Copy("731", Role)),
            service.AddExport("Redshift", 640, config: Copy("""{"aws_access_key_id":"k","aws_secret_access_key":"s"}""", "731")),
        ];
    }

    private static void Restore(IEnumerable<StoredExport> exports)
    {
        foreach (var export in exports)
        {
            if (export.Integration == New)
                export.Integration = Old;

            if (export.Config["copy_inputs"] is not JsonObject inputs)
                continue;

            foreach (var name in inputs.Where(input => IsInteger(input.Value)).Select(input => input.Key).ToArray())
                inputs[name] = Old;
        }
    }

    /// <summary>The integrations of the kind that is switched, each once. An export that is half done has two.</summary>
    private static int[] ReferencesOf(StoredExport export)
    {
        var copied = (export.Config["copy_inputs"] as JsonObject ?? [])
            .Where(input => IsInteger(input.Value))
            .Select(input => input.Value!.GetValue<int>());
        var own = export.DestinationType == "AwsS3" ? [export.Integration ?? 0] : Array.Empty<int>();
        return [.. own.Concat(copied).Distinct()];
    }

    private static bool IsInteger(JsonNode? value) => value is JsonValue number && number.TryGetValue<int>(out _);

    private static string Copy(string credentials, string authorization) => $$$"""
        {
            "database":"d","mode":"COPY",
            "copy_inputs":{"s3_bucket":"b","region_name":"r","authorization":{{{authorization}}},"bucket_credentials":{{{credentials}}}}
        }
        """;
}
