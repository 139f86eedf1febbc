using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Files of version 1 of the format, one of each type, in Files.v1: each is read, and written again to the letter. They are kept when a
/// newer version writes other files. PSBATCHEXPORTS_UPDATE_SNAPSHOTS=1 writes them anew.
/// </summary>
public sealed class ConfigurationFormatTests
{
    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_UPDATE_SNAPSHOTS") == "1";

    public static TheoryData<string> Types => [.. ConfigurationSamples.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_file_of_version_1_is_read_and_written_again(string type)
    {
        var golden = FileOf(type);
        Environment.SetEnvironmentVariable("BATCH_EXPORT_TOKEN", "phc_seeded-token");
        await using var project = await ConfigurationProject.StartAsync();
        if (IsUpdate)
            project.Write(new ConfigurationSamples(seed: 1).Draw(type, "week", $"weekly {type}", project.Integrations));
        else
            File.Copy(golden, Path.Combine(project.Folder.Path, $"{type}.json"));

        await project.SyncAsync();
        Assert.Empty(await project.DifferencesAsync());

        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        var text = (await project.Api.Configurations.ToFileAsync(export)).TextWith("./batch-export.v1.schema.json");
        if (IsUpdate)
            await File.WriteAllTextAsync(golden, text);

        Assert.Equal((await File.ReadAllTextAsync(golden)).ReplaceLineEndings("\n"), text);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_schema_has_every_key_of_a_file(string type)
    {
        await using var project = await ConfigurationProject.StartAsync();
        var file = JsonNode.Parse(await File.ReadAllTextAsync(FileOf(type)))!.AsObject();
        project.Service.AddExport();
        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        var written = await project.Api.Configurations.ToFileAsync(export);
        var writer = new ConfigurationFolderWriter(project.Folder.Path, overwrite: false);
        writer.Save(written, writer.PathOf([written]));

        var schema = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(project.Folder.Path, "batch-export.v1.schema.json")))!;

        Assert.All(file.Select(entry => entry.Key), key => Assert.NotNull(schema["properties"]![key]));
        var ofType = schema["properties"]!["destination"]!["allOf"]!.AsArray()
            .Single(rule => rule!["if"]!["properties"]!["type"]!["const"]!.GetValue<string>() == type)!;
        var settings = ofType["then"]!["properties"]!["config"]!["properties"]!.AsObject();
        Assert.All(file["destination"]!["config"]!.AsObject().Select(entry => entry.Key), key => Assert.NotNull(settings[key]));
    }

    private static string FileOf(string type) =>
        Path.Combine(Repository.Root, "tests", "PSBatchExports.Core.Tests", "Configurations", "Files.v1", $"{type}.json");
}
