using System.IO.Compression;
using System.Text.Json.Nodes;
using Parquet;
using Xunit;
using static PSBatchExports.Core.Tests.EmulatorTests.Bodies;
using static PSBatchExports.Core.Tests.EmulatorTests.Scene;

namespace PSBatchExports.Core.Tests.EmulatorTests;

/// <summary>The files are real ones, made from the seed and the interval.</summary>
public class FileTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("brotli")]
    public async Task Json_lines_hold_one_event_a_line(string? compression)
    {
        await using var scene = await Scene.StartAsync();
        var (count, files) = await ExportAsync(scene, Whole("JSONLines", compression));
        var lines = Lines(Assert.Single(files), compression);

        Assert.Equal(24 * 4, count);
        Assert.Equal(count, lines.Length);
        Assert.All(lines, line => Assert.NotNull(JsonNode.Parse(line)!["properties"]!["$browser"]));
        Assert.Equal(lines.Length, lines.Select(line => JsonNode.Parse(line)!["uuid"]!.GetValue<string>()).Distinct().Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("zstd")]
    [InlineData("gzip")]
    [InlineData("brotli")]
    [InlineData("lz4")]
    [InlineData("snappy")]
    public async Task Parquet_holds_as_many_rows_as_it_says(string? compression)
    {
        await using var scene = await Scene.StartAsync();
        var (count, files) = await ExportAsync(scene, Whole("Parquet", compression));

        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(Assert.Single(files)));
        long rows = 0;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rowGroup = reader.OpenRowGroupReader(group);
            rows += rowGroup.RowCount;
        }

        Assert.Equal(24 * 4, count);
        Assert.Equal(count, rows);
    }

    [Theory]
    [InlineData("persons")]
    [InlineData("sessions")]
    public async Task Other_models_are_exported_too(string model)
    {
        await using var scene = await Scene.StartAsync();
        var body = Whole("JSONLines", null);
        body["model"] = model;
        var (count, files) = await ExportAsync(scene, body);
        Assert.Equal(count, Lines(Assert.Single(files), null).Length);
        Assert.True(count > 0);
    }

    [Fact]
    public async Task Include_and_exclude_choose_events_by_name()
    {
        await using var scene = await Scene.StartAsync();
        var all = Names(await ExportAsync(scene, Whole("JSONLines", null)));
        var body = Whole("JSONLines", null);
        body["include"] = new JsonArray("$pageview", "signup");
        body["exclude"] = new JsonArray("signup");
        var (count, files) = await ExportAsync(scene, body);

        Assert.Contains("signup", all);
        Assert.Equal(all.Count(n => n == "$pageview"), count);
        Assert.Equal(["$pageview"], Names((count, files)).Distinct());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_and_days_add_up()
    {
        await using var one = await Scene.StartAsync();
        await using var other = await Scene.StartAsync();
        var first = (await ExportAsync(one, Whole("JSONLines", null))).Files;
        Assert.Equal(first, (await ExportAsync(other, Whole("JSONLines", null))).Files);

        var morning = Whole("JSONLines", null);
        morning["data_interval_end"] = "2026-09-01T11:07:00Z";
        var rest = Whole("JSONLines", null);
        rest["data_interval_start"] = "2026-09-01T11:07:00Z";
        byte[] halves = [.. (await ExportAsync(one, morning)).Files[0], .. (await ExportAsync(one, rest)).Files[0]];
        Assert.Equal(first[0], halves);
    }

    [Fact]
    public async Task Parts_are_listed_by_their_names_as_text()
    {
        await using var scene = await Scene.StartAsync(o => o with { EventsPerHour = 25000 });
        var body = Whole("JSONLines", null);
        body["file"]!["max_size_mb"] = 1;
        body["data_interval_end"] = "2026-09-01T01:00:00Z";
        var id = await scene.CompleteRunAsync(body);
        var files = (await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/"))["files"]!.AsArray();
        Assert.True(files.Count > 11);

        var names = new List<string>();
        for (var index = 0; index < files.Count; index++)
        {
            var url = await scene.SignedUrlAsync(id, index.ToString(System.Globalization.CultureInfo.InvariantCulture));
            names.Add(Uri.UnescapeDataString(new Uri(url).AbsolutePath).Split('/')[^1]);
        }

        Assert.Equal("2026-09-01T00:00:00+00:00-2026-09-01T01:00:00+00:00-1.jsonl", names[1]);
        Assert.Equal("2026-09-01T00:00:00+00:00-2026-09-01T01:00:00+00:00-10.jsonl", names[2]);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.EndsWith(names[2], Uri.UnescapeDataString(new Uri(await scene.SignedUrlAsync(id, files[2]!.GetValue<string>())).AbsolutePath), StringComparison.Ordinal);
    }

    private static JsonObject Whole(string format, string? compression) => Download(b =>
    {
        b["file"] = new JsonObject { ["format"] = format, ["compression"] = compression };
        b["include"] = new JsonArray();
        b["data_interval_end"] = "2026-09-02T00:00:00Z";
    });

    private static async Task<(int Count, List<byte[]> Files)> ExportAsync(Scene scene, JsonObject body)
    {
        var id = await scene.CompleteRunAsync(body);
        var run = await scene.DoAsync(HttpMethod.Get, $"{Downloads}{id}/");
        var files = new List<byte[]>();
        foreach (var file in run["files"]!.AsArray())
        {
            using var answer = await scene.FetchAsync(await scene.SignedUrlAsync(id, file!.GetValue<string>()));
            files.Add(await answer.Content.ReadAsByteArrayAsync());
        }

        return (run["records_completed"]!.GetValue<int>(), files);
    }

    private static string[] Lines(byte[] file, string? compression)
    {
        using Stream content = compression switch
        {
            "gzip" => new GZipStream(new MemoryStream(file), CompressionMode.Decompress),
            "brotli" => new BrotliStream(new MemoryStream(file), CompressionMode.Decompress),
            _ => new MemoryStream(file),
        };
        using var reader = new StreamReader(content);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    private static string[] Names((int Count, List<byte[]> Files) export) =>
        [.. Lines(export.Files[0], null).Select(line => JsonNode.Parse(line)!["event"]!.GetValue<string>())];
}
