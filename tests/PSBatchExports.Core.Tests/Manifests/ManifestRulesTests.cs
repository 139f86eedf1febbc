using PSBatchExports.Manifests;
using Xunit;

namespace PSBatchExports.Core.Tests.Manifests;

/// <summary>What a program cannot read, or not completely, is refused with the reason.</summary>
public sealed class ManifestRulesTests
{
    [Theory]
    [InlineData(ManifestForm.DuckDB, ".jsonl.gz", false, ManifestFailure.ExpandNeeded)]
    [InlineData(ManifestForm.DuckDB, ".jsonl.gz", true, ManifestFailure.SavedAndExpandNeeded)]
    [InlineData(ManifestForm.DuckDB, ".jsonl.br", false, ManifestFailure.ExpandNeeded)]
    [InlineData(ManifestForm.Dask, ".jsonl.br", false, ManifestFailure.ExpandNeeded)]
    [InlineData(ManifestForm.Dask, ".jsonl.br", true, ManifestFailure.SavedAndExpandNeeded)]
    [InlineData(ManifestForm.Spark, ".jsonl.br", false, ManifestFailure.ExpandNeeded)]
    [InlineData(ManifestForm.Spark, ".parquet", true, ManifestFailure.SavedFileNeeded)]
    [InlineData(ManifestForm.Curl, ".parquet", false, ManifestFailure.UrlNeeded)]
    [InlineData(ManifestForm.Aria2, ".parquet", false, ManifestFailure.UrlNeeded)]
    [InlineData(ManifestForm.DuckDB, ".csv", false, ManifestFailure.UnknownFormat)]
    [InlineData(ManifestForm.DuckDB, ".jsonl.zst", false, ManifestFailure.UnknownFormat)]
    [InlineData(ManifestForm.ClickHouse, ".jsonl.zst", true, ManifestFailure.UnknownFormat)]
    public void Files_that_the_program_does_not_read_are_refused(
        ManifestForm form, string extension, bool hasUrls, ManifestFailure expected)
    {
        var manifest = hasUrls ? SampleManifests.Listed(extension) : SampleManifests.Saved(extension);

        Assert.Equal(expected, Refusal(manifest, form));
    }

    [Theory]
    [InlineData(ManifestForm.DuckDB, ".parquet", true)]
    [InlineData(ManifestForm.DuckDB, ".parquet.zst", false)]
    [InlineData(ManifestForm.DuckDB, ".jsonl", true)]
    [InlineData(ManifestForm.ClickHouse, ".jsonl.gz", true)]
    [InlineData(ManifestForm.ClickHouse, ".jsonl.br", true)]
    [InlineData(ManifestForm.Dask, ".jsonl.gz", true)]
    [InlineData(ManifestForm.Dask, ".parquet", false)]
    [InlineData(ManifestForm.Json, ".csv", false)]
    [InlineData(ManifestForm.Curl, ".csv", true)]
    [InlineData(ManifestForm.UrlList, ".jsonl.br", false)]
    public void Files_that_the_program_reads_are_accepted(ManifestForm form, string extension, bool hasUrls) =>
        ManifestRules.Check(hasUrls ? SampleManifests.Listed(extension) : SampleManifests.Saved(extension), form);

    [Theory]
    [InlineData(ManifestForm.Spark, "/lake/2026-11-01T00:00/a.parquet")]
    [InlineData(ManifestForm.Spark, "/lake/[raw]/a.parquet")]
    [InlineData(ManifestForm.Spark, "/lake/_a.parquet")]
    [InlineData(ManifestForm.ClickHouse, "/lake/{raw}/a.parquet")]
    [InlineData(ManifestForm.ClickHouse, "/lake/a,b/a.parquet")]
    [InlineData(ManifestForm.ClickHouse, "/lake/what?/a.parquet")]
    public void Paths_that_the_program_would_not_find_are_refused(ManifestForm form, string path) =>
        Assert.Equal(ManifestFailure.UnsupportedName, Refusal(At(path), form));

    [Theory]
    [InlineData(ManifestForm.Spark)]
    [InlineData(ManifestForm.ClickHouse)]
    public void Plain_paths_are_accepted(ManifestForm form) =>
        ManifestRules.Check(At("/lake/events 2026/it's+a-b.parquet"), form);

    [Fact]
    public void Url_with_a_pattern_is_refused_without_showing_it()
    {
        var manifest = SampleManifests.Listed(".parquet");
        var run = manifest.Runs[0] with { Files = [manifest.Runs[0].Files[0] with { Url = "https://a/b?X-Amz-Signature=secret,2" }] };

        var failure = Assert.Throws<ManifestException>(
            () => ManifestRules.Check(manifest with { Runs = [run] }, ManifestForm.ClickHouse));

        Assert.Equal(ManifestFailure.UnsupportedName, failure.Reason);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Fact]
    public void Files_on_two_hosts_are_refused_for_ClickHouse()
    {
        var manifest = SampleManifests.Listed(".parquet");
        var other = manifest.Runs[1] with { Files = [manifest.Runs[1].Files[0] with { Url = "https://other/b?X-Amz-Signature=secret" }] };

        var failure = Assert.Throws<ManifestException>(
            () => FileManifest.Write(manifest with { Runs = [manifest.Runs[0], other] }, ManifestForm.ClickHouse));

        Assert.Equal(ManifestFailure.Mixed, failure.Reason);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Theory]
    [InlineData(".parquet", ".jsonl")]
    [InlineData(".jsonl", ".jsonl.gz")]
    public void Files_of_different_kinds_are_refused_for_engines(string first, string second)
    {
        var manifest = SampleManifests.Saved(first);
        var mixed = manifest with { Runs = [.. manifest.Runs, .. SampleManifests.Saved(second).Runs] };

        Assert.Equal(ManifestFailure.Mixed, Refusal(mixed, ManifestForm.DuckDB));
        ManifestRules.Check(mixed, ManifestForm.Json);
    }

    [Fact]
    public void Saved_and_listed_files_together_are_refused_for_engines()
    {
        var manifest = SampleManifests.Saved(".parquet");
        var mixed = manifest with { Runs = [.. manifest.Runs, .. SampleManifests.Listed(".parquet").Runs] };

        Assert.Equal(ManifestFailure.Mixed, Refusal(mixed, ManifestForm.DuckDB));
    }

    private static Manifest At(string path)
    {
        var manifest = SampleManifests.Saved(".parquet");
        var file = manifest.Runs[0].Files[0] with { FullName = path, Name = Path.GetFileName(path) };
        return manifest with { Runs = [manifest.Runs[0] with { Files = [file] }] };
    }

    private static ManifestFailure Refusal(Manifest manifest, ManifestForm form) =>
        Assert.Throws<ManifestException>(() => ManifestRules.Check(manifest, form)).Reason;
}
