using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The names of files, which differ by run and by server.</summary>
public class FileNameTests
{
    private const string Interval = "2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00";

    [Theory]
    [InlineData(null, false, Interval + "-0.parquet")]
    [InlineData(512, false, Interval + "-0.parquet")]
    [InlineData(0, false, Interval + ".parquet")]
    [InlineData(null, true, Interval + ".parquet.zst")]
    [InlineData(512, true, Interval + ".parquet.zst")]
    public async Task A_single_file_is_numbered_where_a_newer_server_has_a_limit(int? maxSizeMB, bool older, string name)
    {
        await using var scene = await Scene.StartAsync(o => o with { OlderServer = older });
        var body = ExportedRun.Day("Parquet", "zstd", b =>
        {
            if (maxSizeMB is { } size)
                b["file"]!["max_size_mb"] = size;
        });
        Assert.Equal([name], await NamesAsync(scene, body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_files_are_numbered_and_listed_by_their_names_as_text(bool older)
    {
        await using var scene = await Scene.StartAsync(o => o with { EventsPerHour = 25_000, OlderServer = older });
        var names = await NamesAsync(scene, ExportedRun.Day("JSONLines", null, b =>
        {
            b["file"]!["max_size_mb"] = 1;
            b["data_interval_end"] = "2026-09-01T01:00:00Z";
        }));

        Assert.True(names.Count > 11);
        Assert.Equal("2026-09-01T00:00:00+00:00-2026-09-01T01:00:00+00:00-1.jsonl", names[1]);
        Assert.Equal("2026-09-01T00:00:00+00:00-2026-09-01T01:00:00+00:00-10.jsonl", names[2]);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("data_interval_start")]
    [InlineData("data_interval_end")]
    public async Task Without_both_bounds_names_have_a_number_and_no_dates(string? bound)
    {
        await using var scene = await Scene.StartAsync();
        var body = ExportedRun.Query("SELECT event, uuid FROM events");
        body["file"]!["max_size_mb"] = 0;
        if (bound is not null)
            body[bound] = "2026-09-01T00:00:00Z";
        Assert.Equal(["hogql-0.jsonl"], await NamesAsync(scene, body));
    }

    [Theory]
    [InlineData("Parquet", null, ".parquet")]
    [InlineData("Parquet", "zstd", ".parquet.zst")]
    [InlineData("Parquet", "gzip", ".parquet.gz")]
    [InlineData("Parquet", "brotli", ".parquet.br")]
    [InlineData("Parquet", "lz4", ".parquet.lz4")]
    [InlineData("Parquet", "snappy", ".parquet.sz")]
    [InlineData("JSONLines", "gzip", ".jsonl.gz")]
    [InlineData("JSONLines", "brotli", ".jsonl.br")]
    public async Task Parquet_may_have_its_codec_in_its_name(string format, string? compression, string ending)
    {
        await using var scene = await Scene.StartAsync(o => o with { ParquetCodecInNames = true });
        Assert.Equal([$"{Interval}-0{ending}"], await NamesAsync(scene, ExportedRun.Day(format, compression)));
    }

    private static async Task<List<string>> NamesAsync(Scene scene, JsonObject body)
    {
        var id = await scene.CompleteRunAsync(body);
        var files = (await scene.DoAsync(HttpMethod.Get, $"{Scene.Downloads}{id}/"))["files"]!.AsArray();
        var names = new List<string>();
        for (var index = 0; index < files.Count; index++)
        {
            var name = ExportedRun.NameOf(await scene.SignedUrlAsync(id, $"{index}"));
            Assert.Equal(name, ExportedRun.NameOf(await scene.SignedUrlAsync(id, files[index]!.GetValue<string>())));
            names.Add(name);
        }

        return names;
    }
}
