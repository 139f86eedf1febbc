using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>File names, which depend on the run and the server.</summary>
public class FileNameTests
{
    private const string Interval = "2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00";

    [Theory]
    [InlineData(null, false, Interval + "-0.parquet")]
    [InlineData(512, false, Interval + "-0.parquet")]
    [InlineData(0, false, Interval + ".parquet")]
    [InlineData(null, true, Interval + ".parquet.zst")]
    [InlineData(512, true, Interval + ".parquet.zst")]
    public async Task Single_file_is_numbered_only_on_newer_servers_with_a_limit(int? maxSizeMB, bool older, string name)
    {
        await using var server = await TestServer.StartAsync(o => o with { OlderServer = older });
        var body = ExportedRun.Day("Parquet", "zstd", b =>
        {
            if (maxSizeMB is { } size)
                b["file"]!["max_size_mb"] = size;
        });
        Assert.Equal([name], await NamesAsync(server, body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_files_are_numbered_and_listed_in_ordinal_order(bool older)
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 25_000, OlderServer = older });
        var names = await NamesAsync(server, ExportedRun.Day("JSONLines", null, b =>
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
    public async Task File_name_has_no_dates_without_both_bounds(string? bound)
    {
        await using var server = await TestServer.StartAsync();
        var body = ExportedRun.Query("SELECT event, uuid FROM events");
        body["file"]!["max_size_mb"] = 0;
        if (bound is not null)
            body[bound] = "2026-09-01T00:00:00Z";
        Assert.Equal(["hogql-0.jsonl"], await NamesAsync(server, body));
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
    public async Task File_name_contains_the_codec_with_ParquetCodecInNames(string format, string? compression, string ending)
    {
        await using var server = await TestServer.StartAsync(o => o with { ParquetCodecInNames = true });
        Assert.Equal([$"{Interval}-0{ending}"], await NamesAsync(server, ExportedRun.Day(format, compression)));
    }

    private static async Task<List<string>> NamesAsync(TestServer server, JsonObject body)
    {
        var id = await server.CompleteRunAsync(body);
        var files = (await server.GetGeneratedRunAsync(id))["files"]!.AsArray();
        var names = new List<string>();
        for (var index = 0; index < files.Count; index++)
        {
            var name = ExportedRun.NameOf(await server.SignedUrlAsync(id, $"{index}"));
            Assert.Equal(name, ExportedRun.NameOf(await server.SignedUrlAsync(id, files[index]!.GetValue<string>())));
            names.Add(name);
        }

        return names;
    }
}
