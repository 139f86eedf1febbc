using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Parquet files: codecs, row groups and types.</summary>
public class ParquetTests
{
    [Theory]
    [InlineData(null, "UNCOMPRESSED")]
    [InlineData("zstd", "ZSTD")]
    [InlineData("gzip", "GZIP")]
    [InlineData("brotli", "BROTLI")]
    [InlineData("lz4", "LZ4_RAW")]
    [InlineData("snappy", "SNAPPY")]
    public async Task Each_compression_writes_a_readable_file_with_its_codec(string? compression, string codec)
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", compression));
        var lines = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null));

        var content = await ParquetContent.ReadAsync(Assert.Single(run.Files));

        Assert.Equal([codec], content.Codecs);
        Assert.Equal(24 * 4, run.Records);
        Assert.Equal(run.Records, content.Rows);
        Assert.Equal(lines.Values("uuid").Order(StringComparer.Ordinal), content.Texts["uuid"].Order(StringComparer.Ordinal));
        Assert.All(content.Texts["properties"], text => Assert.NotNull(JsonNode.Parse(text!)!["$browser"]));
    }

    [Fact]
    public async Task Small_file_has_several_row_groups()
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", null));

        var content = await ParquetContent.ReadAsync(run.Files[0]);

        Assert.InRange(content.Groups.Count, 2, 10);
        Assert.DoesNotContain(0, content.Groups);
    }

    [Fact]
    public async Task Row_group_mixes_events_of_several_names()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 100 });
        for (var number = 0; number < 6; number++)
        {
            var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", null));
            var content = await ParquetContent.ReadAsync(run.Files[0]);
            Assert.True(content.Texts["event"].Take((int)content.Groups[0]).Distinct().Count() > 3);
        }
    }

    [Fact]
    public async Task Event_columns_have_the_types_of_the_service()
    {
        var types = await TypesAsync("events");

        string[] texts = ["uuid", "event", "distinct_id", "person_id", "elements_chain", "properties", "person_properties"];
        string[] times = ["timestamp", "created_at", "_inserted_at"];
        Assert.All(texts, name => Assert.Equal("OPTIONAL BYTE_ARRAY UTF8", types[name]));
        Assert.All(times, name => Assert.Equal("OPTIONAL INT64 TIMESTAMP_MICROS", types[name]));
    }

    [Fact]
    public async Task Person_columns_have_the_types_of_the_service()
    {
        var types = await TypesAsync("persons");

        Assert.Equal("OPTIONAL INT64", types["team_id"]);
        Assert.Equal("OPTIONAL INT64", types["person_distinct_id_version"]);
        Assert.Equal("OPTIONAL INT64 UINT_64", types["person_version"]);
        Assert.Equal("OPTIONAL INT64 TIMESTAMP_MILLIS", types["created_at"]);
        Assert.Equal("OPTIONAL INT32 UINT_32", types["_inserted_at"]);
        Assert.Equal("OPTIONAL BOOLEAN", types["is_deleted"]);
    }

    [Fact]
    public async Task Session_columns_have_the_types_of_the_service()
    {
        var types = await TypesAsync("sessions");

        Assert.Equal("OPTIONAL  LIST", types["urls"]);
        Assert.Equal("OPTIONAL BYTE_ARRAY UTF8", types["element"]);
        Assert.Equal("OPTIONAL INT64 UINT_64", types["pageview_count"]);
        Assert.Equal("OPTIONAL DOUBLE", types["vitals_lcp"]);
        Assert.Equal("OPTIONAL INT64 TIMESTAMP_MICROS", types["end_timestamp"]);
    }

    [Fact]
    public async Task Column_order_differs_between_runs()
    {
        await using var server = await TestServer.StartAsync();
        var orders = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 0; number < 12; number++)
        {
            var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", null));
            orders.Add(string.Join(',', (await ParquetContent.ReadAsync(run.Files[0])).Types.Keys));
        }

        Assert.NotEqual(1, orders.Count);
    }

    [Fact]
    public async Task All_files_of_a_run_share_one_schema_even_the_empty_one()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 20_000, TrailingEmptyFile = true });
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", "zstd", b =>
        {
            b["file"]!["max_size_mb"] = 1;
            b["data_interval_end"] = "2026-09-01T01:00:00Z";
        }));

        var contents = await Task.WhenAll(run.Files.Select(ParquetContent.ReadAsync));

        Assert.Equal(0, contents[^1].Rows);
        Assert.Single(contents.Select(content => string.Join(',', content.Types)).Distinct());
        Assert.Equal(run.Records, contents.Sum(content => content.Rows));
    }

    private static async Task<IReadOnlyDictionary<string, string>> TypesAsync(string model)
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("Parquet", "zstd", b => b["model"] = model));
        return (await ParquetContent.ReadAsync(run.Files[0])).Types;
    }
}
