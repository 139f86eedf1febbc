using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Names that meet: of files, of exports that are renamed, and of those that are replaced.</summary>
public sealed class ConfigurationNameTests
{
    [Fact]
    public async Task Every_written_file_is_read_again_whatever_the_name_of_its_export()
    {
        await using var project = await ConfigurationProject.StartAsync();
        string[] names =
        [
            "prod.overlay", "x.Schema", "batch-export.v1.schema", new('漢', 100), new('漢', 99), string.Concat(Enumerable.Repeat("🦔", 60)),
            "Nightly", "nightly", "a.", "~", "-x", "é", "e\u0301",
        ];
        foreach (var name in names)
            project.Service.AddExport().Name = name;

        var writer = new ConfigurationFolderWriter(project.Folder.Path, overwrite: false);
        await foreach (var export in project.Api.Exports.ListAsync())
        {
            var file = await project.Api.Configurations.ToFileAsync(export);
            writer.Save(file, writer.PathOf([file]));
        }

        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
        Assert.Equal(names.Length, (await project.CompareAsync()).Differences.Count);
    }

    [Fact]
    public async Task A_file_with_an_ending_in_capitals_describes_its_export()
    {
        await using var project = await ConfigurationProject.StartAsync();
        project.Write(FileOf("nightly"), "NIGHTLY");
        await project.SyncAsync();
        File.Move(Path.Combine(project.Folder.Path, "NIGHTLY.json"), Path.Combine(project.Folder.Path, "NIGHTLY.JSON"));

        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_an_error_that_names_it()
    {
        // Permissions do not hold these processes back.
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return;

        await using var project = await StartAsync("n");
        var locked = Directory.CreateDirectory(Path.Combine(project.Folder.Path, "locked"), UnixFileMode.None).FullName;
        try
        {
            var failure = await Assert.ThrowsAsync<ConfigurationFileException>(() => project.CompareAsync(isInScope: _ => true));
            Assert.Contains(locked, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(locked);
        }
    }

    [Fact]
    public async Task One_call_creates_exports_without_and_with_integrations()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var web = FileOf("a");
        web["destination"] = JsonNode.Parse(
            """{"type":"HTTP","config":{"url":"https://us.i.posthog.com/batch/","token":"env:PSBATCHEXPORTS_TEST_TOKEN"}}""");
        project.Write(web);
        project.Write(FileOf("b"));

        await project.SyncAsync();

        Assert.Empty(await project.DifferencesAsync());
    }

    [Fact]
    public async Task A_chain_of_renames_removes_nothing_and_says_what_is_in_the_way()
    {
        await using var project = await StartAsync("a", "b");
        project.Write(Renamed("a", "b"), "a");
        project.Write(Renamed("b", "c"), "b");

        var result = await project.CompareAsync(isInScope: _ => true);

        Assert.Empty(result.Differences);
        const string message = "Several files take the export 'b': those of 'c', 'b'.";
        Assert.Contains(result.Failures, failure => failure.Message.StartsWith(message, StringComparison.Ordinal));

        File.Delete(Path.Combine(project.Folder.Path, "a.json"));
        await project.SyncAsync();
        project.Write(Renamed("a", "b"), "a");
        await project.SyncAsync();
        Assert.Equal(["b", "c"], await NamesAsync(project));
        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("d")]
    public async Task An_export_is_not_taken_by_two_files(string other)
    {
        await using var project = await StartAsync("a");
        project.Write(other == "a" ? FileOf("a") : Renamed("a", other), "a");
        project.Write(Renamed("a", "c"), "c");

        var result = await project.CompareAsync(isInScope: _ => true);

        Assert.Contains(result.Failures, failure => failure.Message.StartsWith("Several files take", StringComparison.Ordinal));
        Assert.Empty(result.Differences);
    }

    [Fact]
    public async Task A_previous_name_that_is_used_again_matters_only_where_its_export_would_be_removed()
    {
        await using var project = await StartAsync("a", "b");
        File.Delete(Path.Combine(project.Folder.Path, "a.json"));
        project.Write(Renamed("a", "b"), "b");

        Assert.Empty(await project.DifferencesAsync());
        Assert.Empty(await project.DifferencesAsync(isInScope: name => name == "b"));
        var result = await project.CompareAsync(isInScope: _ => true);
        Assert.Empty(result.Differences);
        Assert.StartsWith("'a' cannot be renamed to 'b', because both exist.", result.Failures[0].Message, StringComparison.Ordinal);

        project.Write(FileOf("a"));
        Assert.Empty(await project.DifferencesAsync(isInScope: _ => true));
    }

    [Fact]
    public async Task An_export_named_like_a_replacement_stays_that_of_its_own_file()
    {
        await using var project = await StartAsync("n (replacement)");
        project.Write(FileOf("n"));

        await project.SyncAsync(_ => true);

        Assert.Equal(["n", "n (replacement)"], await NamesAsync(project));
        project.Write(FileOf("n", model: "persons"));
        var failure = Assert.IsType<ConfigurationException>(Assert.Single((await project.CompareAsync()).Failures));
        Assert.Equal(ConfigurationFailure.NameNotUnique, failure.Reason);
    }

    [Theory]
    [InlineData("persons", true)]
    [InlineData("sessions", false)]
    public async Task A_replacement_takes_no_export_that_runs_or_is_of_another_kind(string model, bool paused)
    {
        await using var project = await StartAsync("n");
        var other = FileOf("n (replacement)", model);
        other["paused"] = paused;
        var path = project.Write(other);
        await project.SyncAsync();
        File.Delete(path);
        project.Write(FileOf("n", model: "sessions"));
        var difference = Assert.Single(await project.DifferencesAsync());
        var before = project.Service.Requests.Count;

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => project.Api.Configurations.ApplyAsync(difference));

        Assert.Equal(ConfigurationFailure.NameNotUnique, failure.Reason);
        Assert.Empty(project.Writes(before));
    }

    [Fact]
    public async Task A_replacement_under_a_new_name_that_was_cut_off_leaves_no_second_export()
    {
        await using var project = await StartAsync("old");
        var renamed = FileOf("new", model: "persons");
        renamed["previousName"] = "old";
        project.Write(renamed, "old");
        var difference = Assert.Single(await project.DifferencesAsync());
        project.Service.Break(new PSBatchExports.Emulator.Fault { Method = "DELETE", Status = 403, Body = "{}" });
        await Assert.ThrowsAnyAsync<BatchExportException>(() => project.Api.Configurations.ApplyAsync(difference));
        Assert.Equal(["new (replacement)", "old"], await NamesAsync(project));

        await project.SyncAsync();

        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        Assert.Equal(("new", "persons", false), (export.Name, export.Model, export.Paused));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task A_replacement_that_was_cut_off_stays_paused_if_the_old_export_was(string method)
    {
        await using var project = await StartAsync("n");
        await project.Api.Exports.PauseAsync((await project.Api.Exports.ListAsync().ToListAsync())[0].Id!);
        project.Write(FileOf("n", model: "persons"));
        var difference = Assert.Single(await project.DifferencesAsync());
        project.Service.Break(new PSBatchExports.Emulator.Fault { Method = method, Status = 403, Body = "{}" });
        await Assert.ThrowsAnyAsync<BatchExportException>(() => project.Api.Configurations.ApplyAsync(difference));

        await project.SyncAsync();

        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        Assert.Equal(("n", "persons", true), (export.Name, export.Model, export.Paused));
        Assert.Empty(await project.DifferencesAsync());
    }

    [Fact]
    public async Task A_replacement_that_was_cut_off_takes_the_pause_that_the_old_export_has_now()
    {
        await using var project = await StartAsync("n");
        var old = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        await project.Api.Exports.PauseAsync(old.Id!);
        project.Write(FileOf("n", model: "persons"));
        project.Service.Break(new PSBatchExports.Emulator.Fault { Method = "DELETE", Status = 403, Body = "{}" });
        await Assert.ThrowsAnyAsync<BatchExportException>(() => project.SyncAsync());
        await project.Api.Exports.ResumeAsync(old.Id!);

        await project.SyncAsync();

        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        Assert.Equal(("n", "persons", false), (export.Name, export.Model, export.Paused));
    }

    [Fact]
    public async Task A_replacement_that_was_cut_off_and_taken_back_is_said()
    {
        await using var project = await StartAsync("n");
        project.Write(FileOf("n", model: "persons"));
        project.Service.Break(new PSBatchExports.Emulator.Fault { Method = "DELETE", Status = 403, Body = "{}" });
        await Assert.ThrowsAnyAsync<BatchExportException>(() => project.SyncAsync());
        project.Write(FileOf("n"));

        var result = await project.CompareAsync(isInScope: _ => true);

        Assert.Equal([ConfigurationChange.Equal], result.Differences.Select(difference => difference.Change));
        var warning = Assert.Single(project.Service.Observer.Warnings);
        Assert.StartsWith("'n (replacement)' was left by a replacement", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_that_replacements_have_left_are_each_said()
    {
        await using var project = await StartAsync("n");
        foreach (var name in new[] { "n (replacement)", "n (replacement)", "n (paused replacement)" })
        {
            project.Service.AddExport().Name = name;
            var left = (await project.Api.Exports.ListAsync().ToListAsync()).Last(export => export.Name == name && !export.Paused);
            await project.Api.Exports.PauseAsync(left.Id!);
        }

        var result = await project.CompareAsync();

        Assert.Empty(result.Failures);
        Assert.Equal([ConfigurationChange.Equal], result.Differences.Select(difference => difference.Change));
        Assert.Equal(3, project.Service.Observer.Warnings.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, false, false)]
    [InlineData(false, null, false)]
    public async Task A_replacement_is_paused_if_the_old_export_was_and_the_file_says_nothing_else(bool old, bool? file, bool expected)
    {
        await using var project = await StartAsync("n");
        if (old)
            await project.Api.Exports.PauseAsync((await project.Api.Exports.ListAsync().ToListAsync())[0].Id!);

        var replaced = FileOf("n", model: "persons");
        if (file is { } paused)
            replaced["paused"] = paused;

        project.Write(replaced);
        await project.SyncAsync();

        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        Assert.Equal(("n", "persons", expected), (export.Name, export.Model, export.Paused));
        Assert.Empty(await project.DifferencesAsync());
    }

    private static async Task<ConfigurationProject> StartAsync(params string[] names)
    {
        var project = await ConfigurationProject.StartAsync();
        foreach (var name in names)
            project.Write(FileOf(name));

        await project.SyncAsync();
        return project;
    }

    private static async Task<string[]> NamesAsync(ConfigurationProject project) =>
        [.. (await project.Api.Exports.ListAsync().ToListAsync()).Select(export => export.Name!).Order(StringComparer.Ordinal)];

    private static JsonObject Renamed(string previous, string name)
    {
        var file = FileOf(name);
        file["previousName"] = previous;
        return file;
    }

    private static JsonObject FileOf(string name, string model = "events") => new()
    {
        ["name"] = name,
        ["model"] = model,
        ["interval"] = "hour",
        ["destination"] = JsonNode.Parse(
            """
            {"type":"AwsS3","integration":{"kind":"aws-s3","name":"Export bucket key"},
            "config":{"bucket_name":"b","region":"r","prefix":"p"}}
            """),
    };
}
