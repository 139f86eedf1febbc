using PSBatchExports.Configurations;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Which files of a folder are configurations.</summary>
public sealed class ConfigurationTreeTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_and_folders_of_tools_are_left_out()
    {
        Write("a.json", "team/b.JSON", "team/deep/c.json", ".d.json", ".vscode/settings.json", "team/.git/e.json", "a.json.bak");

        Assert.Equal(["a.json", "team/b.JSON", "team/deep/c.json"], Found());
    }

    [Fact]
    public void The_folder_itself_may_have_any_name()
    {
        Write(".exports/a.json");

        Assert.Equal(["a.json"], Found(".exports"));
    }

    [Fact]
    public void A_folder_behind_a_link_is_read_once()
    {
        Write("a.json", "team/b.json");
        using var elsewhere = new TestFolder();
        File.WriteAllText(Path.Combine(elsewhere.Path, "c.json"), "{}");
        Link("team/back", _folder.Path);
        Link("team/again", Path.Combine(_folder.Path, "team"));
        Link("shared", elsewhere.Path);
        Link("shared-too", elsewhere.Path);

        Assert.Equal(["a.json", "shared/c.json", "team/b.json"], Found());
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_no_fault_in_its_text()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "a.json"), Path.Combine(_folder.Path, "gone"));

        var failures = ConfigurationFolder.Read(_folder.Path, overlayFile: null).Failures;

        var failure = Assert.IsType<ConfigurationFileException>(Assert.Single(failures));
        Assert.True(failure.IsUnreadable);
        Assert.StartsWith($"'{Path.Combine(_folder.Path, "a.json")}' cannot be read: ", failure.Message, StringComparison.Ordinal);
    }

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(_folder.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "{}");
        }
    }

    private void Link(string name, string target) => Directory.CreateSymbolicLink(Path.Combine(_folder.Path, name), target);

    private string[] Found(string inner = "")
    {
        var root = Path.Combine(_folder.Path, inner);
        var files = ConfigurationFolder.FilesIn(root, overlayFile: null);
        return [.. files.Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))];
    }
}
