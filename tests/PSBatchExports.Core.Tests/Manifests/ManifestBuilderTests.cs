using System.IO.Compression;
using System.Security.Cryptography;
using PSBatchExports.Manifests;
using PSBatchExports.Models;
using Xunit;

namespace PSBatchExports.Core.Tests.Manifests;

/// <summary>What a manifest says of files, and how saved files are unpacked.</summary>
public sealed class ManifestBuilderTests : IDisposable
{
    private const string Run = "01a22f06-0001-0000-0000-000000000001";
    private const string Rows = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_of_a_whole_run_are_those_that_the_service_exported()
    {
        var facts = new RunFacts("events", Records: 6, Files: 2);

        var manifest = Build([Save("a-0.jsonl", Rows, facts), Save("a-1.jsonl", Rows, facts)]);

        Assert.Equal(6, manifest.Records);
        Assert.Equal("events", manifest.Model);
        Assert.Equal("uuid", manifest.DeduplicateBy);
    }

    [Fact]
    public void Rows_of_a_part_of_a_run_are_those_of_its_files()
    {
        var facts = new RunFacts("events", Records: 6, Files: 2);

        Assert.Null(Build([Save("a-0.jsonl", Rows, facts)]).Records);
        Assert.Equal(3, Build([Save("b-0.jsonl", Rows, facts) with { Records = 3 }]).Records);
    }

    [Fact]
    public void Rows_of_a_list_that_has_grown_count_its_last_state()
    {
        var files = new[]
        {
            Save("a-0.jsonl", Rows, new RunFacts("events", Records: 9, Files: 2)),
            Save("a-1.jsonl", Rows, new RunFacts("events", Records: 9, Files: 3)),
        };

        Assert.Null(Build(files).Records);
    }

    [Fact]
    public void File_that_is_given_twice_counts_once()
    {
        var file = Save("a-0.jsonl", Rows);

        Assert.Single(Build([file, file with { }]).Files);
    }

    [Fact]
    public void Runs_of_different_models_have_no_common_model()
    {
        var manifest = Build(
        [
            Save("a-0.jsonl", Rows, new RunFacts("events", 3, 1)),
            Save("b-0.jsonl", Rows, new RunFacts("persons", 3, 1)) with { RunId = "other" },
        ]);

        Assert.Null(manifest.Model);
        Assert.Null(manifest.DeduplicateBy);
        Assert.Equal(2, manifest.Runs.Count);
    }

    [Fact]
    public void Json_has_the_hash_of_each_saved_file()
    {
        var file = Assert.Single(Build([Save("a-0.jsonl", Rows)]).Files);

        Assert.Equal(Convert.ToHexString(SHA256.HashData("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"u8)), file.Sha256, ignoreCase: true);
    }

    [Fact]
    public void Scripts_have_no_hash() =>
        Assert.Null(Assert.Single(Build([Save("a-0.jsonl", Rows)], new() { Form = ManifestForm.DuckDB }).Files).Sha256);

    [Theory]
    [InlineData(".gz")]
    [InlineData(".br")]
    public void Expand_unpacks_beside_the_compressed_file(string extension)
    {
        var saved = Save($"a-0.jsonl{extension}", Rows);

        var file = Assert.Single(Build([saved], new() { Expand = true }).Files);

        Assert.Equal(Path.Combine(_folder.Path, "a-0.jsonl"), file.FullName);
        Assert.Equal(Rows, File.ReadAllText(file.FullName!));
        Assert.Equal(("a-0.jsonl", (long)Rows.Length, null), (file.Name, file.Length, file.ETag));
        Assert.Equal(["a-0.jsonl", $"a-0.jsonl{extension}"], _folder.Entries.Order());
    }

    [Fact]
    public void Expand_leaves_other_files_as_they_are()
    {
        var saved = Save("a-0.jsonl", Rows);

        Assert.Equal(saved.FullName, Assert.Single(Build([saved], new() { Expand = true }).Files).FullName);
    }

    [Fact]
    public void Expand_keeps_an_unpacked_file_that_is_the_same()
    {
        var saved = Save("a-0.jsonl.gz", Rows);
        var present = Path.Combine(_folder.Path, "a-0.jsonl");
        File.WriteAllText(present, Rows);
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(present, time);

        Build([saved], new() { Expand = true });

        Assert.Equal(time, File.GetLastWriteTimeUtc(present));
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2}\n")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n{\"a\":9}\n")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n")]
    [InlineData("")]
    public void Expand_replaces_a_different_file_only_if_it_may(string content)
    {
        var saved = Save("a-0.jsonl.gz", Rows);
        var present = Path.Combine(_folder.Path, "a-0.jsonl");
        File.WriteAllText(present, content);

        var failure = Assert.Throws<FileSaveException>(() => Build([saved], new() { Expand = true }));

        Assert.Equal(FileSaveFailure.Exists, failure.Reason);
        Assert.Equal(content, File.ReadAllText(present));
        Build([saved], new() { Expand = true, Overwrite = true });
        Assert.Equal(Rows, File.ReadAllText(present));
    }

    [Fact]
    public void Expand_of_a_damaged_file_leaves_nothing()
    {
        var saved = Save("a-0.jsonl.gz", Rows);
        var bytes = File.ReadAllBytes(saved.FullName);
        bytes[^9] ^= 0xFF;
        File.WriteAllBytes(saved.FullName, bytes);

        var failure = Assert.Throws<FileSaveException>(() => Build([saved], new() { Expand = true }));

        Assert.Equal(FileSaveFailure.Damaged, failure.Reason);
        Assert.Equal(["a-0.jsonl.gz"], _folder.Entries);
    }

    [Fact]
    public void Saved_file_that_has_changed_is_refused()
    {
        var saved = Save("a-0.jsonl", Rows);
        File.AppendAllText(saved.FullName, "{}");
        Assert.Equal(ManifestFailure.FileChanged, Refusal([saved]));

        File.Delete(saved.FullName);
        Assert.Equal(ManifestFailure.FileChanged, Refusal([saved]));
    }

    [Fact]
    public void Listed_file_without_its_URL_is_refused() =>
        Assert.Equal(ManifestFailure.UrlMissing, Refusal([new BatchExportFile { FileId = "f", RunId = Run, Index = 0 }]));

    [Fact]
    public void Listed_file_cannot_be_unpacked()
    {
        var file = new BatchExportFile { FileId = "f", RunId = Run, Index = 0, Name = "a-0.jsonl.gz", Url = "https://a/b?sig=c" };

        Assert.Equal(ManifestFailure.SavedFileNeeded, Refusal([file], new() { Expand = true }));
    }

    [Fact]
    public void Text_with_URLs_can_be_read_by_its_owner_only()
    {
        // Windows has no such permissions.
        if (OperatingSystem.IsWindows())
            return;

        var path = Path.Combine(_folder.Path, "urls");
        File.WriteAllText(path, "old");
        var file = new BatchExportFile { FileId = "f", RunId = Run, Index = 0, Name = "a-0.jsonl", Url = "https://a/b?sig=c" };

        FileManifest.Create([file], new() { Form = ManifestForm.UrlList }).Save(path, overwrite: true);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("https://a/b?sig=c\n", File.ReadAllText(path));
        Assert.Equal(["urls"], _folder.Entries);
    }

    [Fact]
    public void Text_without_URLs_has_the_permissions_of_a_new_file()
    {
        // Windows has no such permissions.
        if (OperatingSystem.IsWindows())
            return;

        var (path, other) = (Path.Combine(_folder.Path, "manifest"), Path.Combine(_folder.Path, "other"));
        File.WriteAllText(other, "");

        FileManifest.Create([Save("a-0.jsonl", Rows)], new()).Save(path, overwrite: false);

        Assert.Equal(File.GetUnixFileMode(other), File.GetUnixFileMode(path));
    }

    private static Manifest Build(IReadOnlyList<ServiceObject> files, ManifestOptions? options = null) =>
        new ManifestBuilder(options ?? new ManifestOptions()).Build(files, CancellationToken.None);

    private static ManifestFailure Refusal(IReadOnlyList<ServiceObject> files, ManifestOptions? options = null) =>
        Assert.Throws<ManifestException>(() => Build(files, options)).Reason;

    private SavedBatchExportFile Save(string name, string rows, RunFacts? facts = null)
    {
        var path = Path.Combine(_folder.Path, name);
        using (var output = File.Create(path))
        {
            using var packed = Compress(output, Path.GetExtension(name));
            packed.Write(System.Text.Encoding.UTF8.GetBytes(rows));
        }

        return new SavedBatchExportFile
        {
            FullName = path,
            Name = name,
            Length = new FileInfo(path).Length,
            RunId = Run,
            FileId = name,
            Index = 0,
            ETag = "\"tag\"",
            Run = facts,
        };
    }

    private static Stream Compress(Stream output, string extension) => extension switch
    {
        ".gz" => new GZipStream(output, CompressionLevel.Fastest),
        ".br" => new BrotliStream(output, CompressionLevel.Fastest),
        _ => new BufferedStream(output),
    };
}
