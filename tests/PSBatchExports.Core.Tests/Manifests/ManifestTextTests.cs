using Xunit;

namespace PSBatchExports.Core.Tests.Manifests;

/// <summary>
/// The whole text for each program, as files in Texts. When a text is meant to change: run these tests with that folder as UPDATE_TEXTS,
/// and read the difference.
/// </summary>
public sealed class ManifestTextTests
{
    public static TheoryData<ManifestForm, string, bool> Texts => new()
    {
        { ManifestForm.Json, ".parquet", false },
        { ManifestForm.Json, ".jsonl.gz", true },
        { ManifestForm.DuckDB, ".parquet", false },
        { ManifestForm.DuckDB, ".parquet", true },
        { ManifestForm.DuckDB, ".jsonl", false },
        { ManifestForm.DuckDB, ".jsonl", true },
        { ManifestForm.ClickHouse, ".parquet", false },
        { ManifestForm.ClickHouse, ".jsonl.gz", true },
        { ManifestForm.ClickHouse, ".jsonl.br", false },
        { ManifestForm.Dask, ".parquet", false },
        { ManifestForm.Dask, ".parquet", true },
        { ManifestForm.Dask, ".jsonl", false },
        { ManifestForm.Dask, ".jsonl.gz", true },
        { ManifestForm.Spark, ".parquet", false },
        { ManifestForm.Spark, ".jsonl.gz", false },
        { ManifestForm.Curl, ".parquet", true },
        { ManifestForm.Aria2, ".parquet", true },
        { ManifestForm.UrlList, ".parquet", false },
        { ManifestForm.UrlList, ".parquet", true },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_as_recorded(ManifestForm form, string extension, bool hasUrls)
    {
        var manifest = hasUrls ? SampleManifests.Listed(extension) : SampleManifests.Saved(extension);

        var text = FileManifest.Write(manifest, form);

        var name = $"{form}{extension}{(hasUrls ? ".url" : "")}.txt";
        if (Environment.GetEnvironmentVariable("UPDATE_TEXTS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, name), text);

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Manifests", "Texts", name)), text);
    }

    [Fact]
    public void Every_form_has_a_recorded_text()
    {
        var recorded = Texts.Select(row => row.Data.Item1).Distinct();

        Assert.Equal(Enum.GetValues<ManifestForm>(), recorded.Order());
    }

    [Theory]
    [InlineData(ManifestForm.DuckDB)]
    [InlineData(ManifestForm.ClickHouse)]
    [InlineData(ManifestForm.Dask)]
    [InlineData(ManifestForm.Spark)]
    [InlineData(ManifestForm.UrlList)]
    public void Text_says_that_the_number_of_rows_is_unknown(ManifestForm form)
    {
        var manifest = SampleManifests.Saved(".parquet");
        var unknown = manifest with { Runs = [.. manifest.Runs.Select(run => run with { Records = null })] };

        var text = FileManifest.Write(unknown, form);

        Assert.Contains("an unknown number of rows", text);
        Assert.DoesNotContain("2200", text);
    }

    [Fact]
    public void Json_has_paths_relative_to_its_folder()
    {
        var text = FileManifest.Write(SampleManifests.Saved(".parquet"), ManifestForm.Json, "/lake/tables");

        Assert.Contains("\"path\": \"../it's [raw] \\\"é\\\"/", text);
    }

    [Theory]
    [InlineData(ManifestForm.Curl, "output = \"01a22f06-0002-0000-0000-000000000002/same.parquet\"")]
    [InlineData(ManifestForm.Aria2, " out=01a22f06-0002-0000-0000-000000000002/same.parquet")]
    public void Downloads_of_equal_names_get_a_folder_for_each_run(ManifestForm form, string expected)
    {
        var manifest = SampleManifests.Listed(".parquet");
        var runs = manifest.Runs.Select(run => run with { Files = [run.Files[0] with { Name = "same.parquet" }] });

        var text = FileManifest.Write(manifest with { Runs = [.. runs] }, form);

        Assert.Contains(expected, text);
    }
}
