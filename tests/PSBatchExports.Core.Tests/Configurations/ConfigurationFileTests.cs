using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files that cannot be used, overlays, renames, and files of other writers.</summary>
public sealed class ConfigurationFileTests
{
    private const string Good =
        """
        {
          // Comments and trailing commas are no error.
          "name": "nightly",
          "interval": "day",
          "destination": {
            "type": "AwsS3",
            "integration": { "kind": "aws-s3", "name": "Export bucket key" },
            "config": {
              "bucket_name": "b",
              "region": "r",
              "prefix": "p",
            }
          }
        }
        """;

    public static TheoryData<string, string, int, string> Mistakes => new()
    {
        { "\"interval\"", "\"Interval\"", 4, "no key 'Interval'. Did you mean 'interval'?" },
        { "\"bucket_name\"", "\"bucket\"", 9, "no key 'bucket'. Did you mean 'bucket_name'?" },
        { "\"prefix\": \"p\"", "\"prefix\": 7", 11, "'destination.config.prefix' must be a string." },
        { "\"prefix\": \"p\",", "", 8, "'destination.config.prefix' is missing." },
        { "\"prefix\": \"p\",", "\"prefix\": \"p\", \"legacy_parquet_extension\": true", 11, "Only the service sets" },
        { "\"region\": \"r\"", "\"region\": \"r\", \"region\": \"s\"", 10, "'destination.config.region' occurs twice." },
        { "\"day\"", "\"hour\", \"offset_hour\": 3", 4, "'offset_hour' is for the intervals day and week only, not for hour." },
        { "\"day\"", "\"day\", \"start_at\": \"2026-01-01\"", 4, "'start_at' must be a time with its offset" },
        { "\"day\"", "\"day\", \"offset_hour\": 24", 4, "'offset_hour' must be a whole number from 0 to 23." },
        { "\"prefix\": \"p\"", "\"prefix\": \"p\", \"max_file_size_mb\": \"x\"", 11, "'destination.config.max_file_size_mb' must be a number." },
        { "\"day\"", "\"day\" \"x\"", 4, "It is not valid JSON" },
        { "\"kind\": \"aws-s3\", ", "", 7, "'destination.integration.kind' is missing." },
        { "\"name\": \"nightly\"", "\"name\": \" \"", 3, "The name is empty." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_an_error_with_file_line_and_key(string good, string bad, int line, string message)
    {
        await using var project = await ConfigurationProject.StartAsync();
        var path = WriteText(project, Good.Replace(good, bad, StringComparison.Ordinal));

        var result = await project.CompareAsync();

        var failure = Assert.IsType<ConfigurationFileException>(result.Failures[0]);
        Assert.Equal((path, line), (failure.File, failure.Line));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Empty(result.Differences);
    }

    [Fact]
    public async Task A_file_that_is_no_configuration_lists_the_keys_of_one_once()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, """{"editor.tabSize": 4, "files.eol": "x"}""");

        var messages = (await project.CompareAsync()).Failures.Select(failure => failure.Message).ToArray();

        Assert.Equal(2, messages.Count(message => message.Contains("A configuration has no key", StringComparison.Ordinal)));
        Assert.Single(messages, message => message.Contains("It has $schema, name,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exports_of_one_name_are_not_written_and_their_ids_are_said()
    {
        await using var project = await ConfigurationProject.StartAsync();
        project.Service.AddExport().Name = "n";
        project.Service.AddExport().Name = "n";
        var exports = await project.Api.Exports.ListAsync().ToListAsync();
        BatchExportConfigurationFile[] named =
            [await project.Api.Configurations.ToFileAsync(exports[0]), await project.Api.Configurations.ToFileAsync(exports[1])];

        var failure = Assert.Throws<ConfigurationException>(
            () => new ConfigurationFolderWriter(project.Folder.Path, overwrite: false).PathOf(named));

        Assert.Equal($"2 exports have the name 'n': {exports[0].Id}, {exports[1].Id}. Rename all but one.", failure.Message);
    }

    [Fact]
    public async Task Exports_of_one_name_that_are_not_listed_for_removal_are_said_with_their_ids()
    {
        await using var project = await ConfigurationProject.StartAsync();
        StoredExport[] twice = [project.Service.AddExport(), project.Service.AddExport()];
        foreach (var export in twice)
            export.Name = "twice";

        project.Service.AddExport().Name = "once";
        WriteText(project, "{}");

        var failures = (await project.CompareAsync(isInScope: _ => true)).Failures;

        Assert.Contains(
            failures,
            failure => failure.Message.EndsWith($"'once', 'twice' ({twice[1].Id}, {twice[0].Id}).", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_in_a_file_is_an_error_that_does_not_repeat_it()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(
            project,
            """
            {"name":"n","interval":"hour","destination":{
                "type":"HTTP","config":{"url":"https://us.i.posthog.com/batch/","token":"phc_seeded"}
            }}
            """);

        var failure = Assert.Single((await project.CompareAsync()).Failures);

        Assert.Contains("\"env:NAME\"", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("seeded", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kafka", "\"brokers\":\"b\",\n\"sasl_password\":\"seeded\"", "'sasl_password' sounds like a secret")]
    [InlineData("Kafka", "\"tls\":{\n\"private_key\":\"env:X\"}", "'private_key' sounds like a secret")]
    [InlineData("Redshift", "\"copy_inputs\":{\n\"aws_secret_access_key\":\"seeded\"}", "'copy_inputs' has no key 'aws_secret_access_key'.")]
    [InlineData("Redshift", "\"copy_inputs\":{\n\"bucket_credentials\":\"seeded\"}", "'bucket_credentials' holds credentials.")]
    [InlineData("Redshift", "\"copy_inputs\":{\n\"authorization\":\"seeded\"}", "'authorization' holds credentials.")]
    public async Task A_secret_in_an_unusual_place_is_an_error_too(string type, string config, string message)
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(
            project,
            $$$"""{"name":"n","interval":"hour","destination":{"type":"{{{type}}}","config":{"database":"d",{{{config}}}} }}""");

        var failure = Assert.IsType<ConfigurationFileException>(Assert.Single((await project.CompareAsync()).Failures));

        Assert.Equal(2, failure.Line);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("seeded", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_integration_that_is_not_there_is_an_error_before_anything_is_written()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good.Replace("Export bucket key", "lake", StringComparison.Ordinal));

        var failure = Assert.IsType<ConfigurationException>(Assert.Single((await project.CompareAsync()).Failures));

        Assert.Equal(ConfigurationFailure.IntegrationNotFound, failure.Reason);
        var file = Path.Combine(project.Folder.Path, "nightly.json");
        Assert.StartsWith($"'nightly' ('{file}'): ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'Export bucket key'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Integrations_are_read_only_where_one_is_used()
    {
        await using var project = await ConfigurationProject.StartAsync();
        project.Service.AddExport("HTTP", integration: null, config: """{"url":"https://us.i.posthog.com/batch/","token":"t"}""");
        var before = project.Service.Requests.Count;
        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        var file = await project.Api.Configurations.ToFileAsync(export);
        WriteText(project, file.TextWith("x").Replace("hour", "day", StringComparison.Ordinal));

        await project.SyncAsync();

        Assert.Single(project.Writes(before));
        Assert.DoesNotContain(project.Service.Requests.Skip(before), request => Says(request.Path, "integrations"));
    }

    [Fact]
    public async Task An_overlay_changes_the_values_of_its_exports_and_names_no_others()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        var overlay = Path.Combine(project.Folder.Path, "prod.overlay.json");
        await File.WriteAllTextAsync(
            overlay,
            """
            {"exports":{
                "night*":{"destination":{"config":{"bucket_name":"x","prefix":"y"}}},
                "nightly":{"destination":{"config":{"prefix":"z"}}}
            }}
            """);

        var created = Assert.Single(await project.DifferencesAsync(overlay));

        Assert.Equal("x", created.Field.Single(field => field.Path == "destination.config.bucket_name").Desired);
        Assert.Equal("z", created.Field.Single(field => field.Path == "destination.config.prefix").Desired);

        await File.WriteAllTextAsync(overlay, "{\"exports\":{\n\"nightley\":{\"interval\":\"hour\"},\n\"*\":{\"Interval\":\"hour\"}}}");
        var failures = (await project.CompareAsync(overlay)).Failures.Select(failure => failure.Message).ToArray();

        Assert.Contains(failures, message => Says(message, "prod.overlay.json', line 2: No file has the name 'nightley'"));
        Assert.Contains(failures, message => Says(message, "prod.overlay.json', line 3: A configuration has no key 'Interval'"));
    }

    [Fact]
    public async Task A_previous_name_renames()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        await project.SyncAsync();
        var renamed = Good.Replace("\"nightly\"", "\"daily\", \"previousName\": \"nightly\"", StringComparison.Ordinal);
        WriteText(project, renamed);

        var difference = Assert.Single(await project.DifferencesAsync(isInScope: _ => true));

        Assert.Equal("name: 'nightly' -> 'daily'", Assert.Single(difference.Field).ToString());
        await project.SyncAsync();
        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
        Assert.Equal("daily", Assert.Single(await project.Api.Exports.ListAsync().ToListAsync()).Name);
    }

    [Fact]
    public async Task Two_of_one_name_are_refused()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        WriteText(project, Good, "other.json");
        Assert.Contains("Several files", Assert.Single((await project.CompareAsync()).Failures).Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(project.Folder.Path, "other.json"));
        project.Service.AddExport().Name = "nightly";
        project.Service.AddExport().Name = "nightly";
        var failure = Assert.IsType<ConfigurationException>(Assert.Single((await project.CompareAsync()).Failures));
        Assert.Equal(ConfigurationFailure.NameNotUnique, failure.Reason);
    }

    [Fact]
    public async Task An_export_that_has_moved_since_the_comparison_is_not_written()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        await project.SyncAsync();
        WriteText(project, Good.Replace("\"prefix\": \"p\"", "\"prefix\": \"q\"", StringComparison.Ordinal));
        var difference = Assert.Single(await project.DifferencesAsync());
        await project.Api.Exports.UpdateAsync(difference.BatchExportId!, new BatchExportFields { TimeZone = "Europe/Berlin" });
        var before = project.Service.Requests.Count;

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => project.Api.Configurations.ApplyAsync(difference));

        Assert.Equal(ConfigurationFailure.Moved, failure.Reason);
        Assert.Empty(project.Writes(before));
    }

    [Fact]
    public async Task An_export_made_meanwhile_is_not_made_again()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        var difference = Assert.Single(await project.DifferencesAsync());
        await project.SyncAsync();

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => project.Api.Configurations.ApplyAsync(difference));

        Assert.Equal(ConfigurationFailure.Moved, failure.Reason);
    }

    [Fact]
    public async Task One_call_creates_the_same_export_once()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        var difference = Assert.Single(await project.DifferencesAsync());
        var api = project.Api.Configurations;
        await api.ApplyAsync(difference);

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => api.ApplyAsync(difference));

        Assert.Equal(ConfigurationFailure.Moved, failure.Reason);
        Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task An_export_removed_meanwhile_has_moved()
    {
        await using var project = await ConfigurationProject.StartAsync();
        WriteText(project, Good);
        await project.SyncAsync();
        WriteText(project, Good.Replace("\"day\"", "\"hour\"", StringComparison.Ordinal));
        var difference = Assert.Single(await project.DifferencesAsync());
        await project.Api.Exports.DeleteAsync(difference.BatchExportId!);

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => project.Api.Configurations.ApplyAsync(difference));

        Assert.Equal(ConfigurationFailure.Moved, failure.Reason);
        Assert.Contains("'nightly' has been removed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_keep_their_place_when_they_are_written_again()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var kept = Directory.CreateDirectory(Path.Combine(project.Folder.Path, "team")).FullName;
        WriteText(project, Good, Path.Combine(kept, "x.json"));
        foreach (var name in new[] { "nightly", "a/b", "a:b", "CON", "..." })
            project.Service.AddExport().Name = name;

        var writer = new ConfigurationFolderWriter(project.Folder.Path, overwrite: true);
        await foreach (var export in project.Api.Exports.ListAsync())
        {
            var file = await project.Api.Configurations.ToFileAsync(export);
            writer.Save(file, writer.PathOf([file]));
        }

        var files = Directory.GetFiles(project.Folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(project.Folder.Path, file).Replace('\\', '/'));
        string[] expected = ["_.json", "_CON.json", "a-b-2.json", "a-b.json", "batch-export.v1.schema.json", "team/x.json"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        var text = await File.ReadAllTextAsync(Path.Combine(kept, "x.json"));
        Assert.Contains("\"../batch-export.v1.schema.json\"", text, StringComparison.Ordinal);
        Assert.Empty(await project.DifferencesAsync());
    }

    private static bool Says(string message, string part) => message.Contains(part, StringComparison.Ordinal);

    private static string WriteText(ConfigurationProject project, string text, string name = "nightly.json")
    {
        var path = Path.Combine(project.Folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
