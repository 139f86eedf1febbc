using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files of exports compared with the exports they were made of.</summary>
public sealed class ConfigurationRoundTripTests
{
    private const int Rounds = 3;

    public static TheoryData<string> Types => [.. ConfigurationSamples.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Files_made_of_exports_equal_them_and_make_them_again(string type)
    {
        await using var project = await ConfigurationProject.StartAsync();
        var samples = new ConfigurationSamples(seed: 17);
        foreach (var interval in ConfigurationSamples.Intervals)
        {
            for (var round = 0; round < Rounds; round++)
                project.Write(samples.Draw(type, interval, $"{interval} {round}", project.Integrations));
        }

        await project.SyncAsync();
        Assert.Empty(await project.DifferencesAsync());

        var exports = await project.Api.Exports.ListAsync().ToListAsync();
        Assert.Equal(ConfigurationSamples.Intervals.Length * Rounds, exports.Count);
        var writer = new ConfigurationFolderWriter(project.Folder.Path, overwrite: true);
        foreach (var export in exports)
        {
            var file = await project.Api.Configurations.ToFileAsync(export);
            writer.Save(file, writer.PathOf([file]));
        }

        Assert.Empty(await project.DifferencesAsync());
        var first = await TextsAsync(project);
        var before = project.Service.Requests.Count;
        await project.SyncAsync();
        Assert.Empty(project.Writes(before));

        foreach (var export in exports)
            await project.Api.Exports.DeleteAsync(export.Id!);

        Environment.SetEnvironmentVariable("BATCH_EXPORT_TOKEN", "phc_seeded-token");
        await project.SyncAsync();
        Assert.Equal(first, await TextsAsync(project));
    }

    [Fact]
    public async Task Files_of_a_type_that_is_not_known_hold_no_secret()
    {
        await using var project = await ConfigurationProject.StartAsync();
        project.Service.AddExport(
            "Kafka",
            integration: null,
            config: """{"brokers":"b","sasl_password":"seeded","tls":{"ca":"c","private_key":"seeded"},"hosts":[{"token":"seeded"}]}""");
        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());

        var file = await project.Api.Configurations.ToFileAsync(export);

        var text = file.TextWith("x");
        Assert.DoesNotContain("seeded", text, StringComparison.Ordinal);
        Assert.Equal(["sasl_password"], file.LeftOut);
        await File.WriteAllTextAsync(Path.Combine(project.Folder.Path, "kafka.json"), text);
        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
    }

    [Fact]
    public async Task Files_hold_no_secret()
    {
        await using var project = await ConfigurationProject.StartAsync();
        project.Service.AddExport("HTTP", integration: null, config: """{"url":"https://us.i.posthog.com/batch/","token":"phc_seeded"}""");
        project.Service.AddExport(
            "Redshift",
            640,
            config: """
                {"database":"d","mode":"COPY","copy_inputs":{"s3_bucket":"b","region_name":"r",
                "authorization":{"aws_access_key_id":"AKIASEEDED","aws_secret_access_key":"seeded"},
                "bucket_credentials":{"aws_access_key_id":"AKIASEEDED","aws_secret_access_key":"seeded"}}}
                """);
        project.Service.AddExport(
            "Snowflake",
            null,
            config: """{"database":"d","warehouse":"w","schema":"s","account":"a","user":"seeded","password":"seeded"}""");

        var texts = await TextsAsync(project);

        Assert.DoesNotContain("seeded", string.Concat(texts), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"token\": \"env:BATCH_EXPORT_TOKEN\"", string.Concat(texts), StringComparison.Ordinal);
    }

    private static async Task<string[]> TextsAsync(ConfigurationProject project)
    {
        var texts = new List<string>();
        await foreach (var export in project.Api.Exports.ListAsync())
            texts.Add((await project.Api.Configurations.ToFileAsync(export)).TextWith("./schema"));

        return [.. texts.Order(StringComparer.Ordinal)];
    }
}
