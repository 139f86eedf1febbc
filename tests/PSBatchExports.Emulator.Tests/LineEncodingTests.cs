using System.Buffers;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Encoding of JSON lines.</summary>
public class LineEncodingTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("brotli")]
    public async Task Each_JSON_line_is_one_row(string? compression)
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", compression));

        Assert.Equal(24 * 4, run.Records);
        Assert.Equal(run.Records, run.Values("uuid").Distinct().Count());
        Assert.All(run.Rows(), row => Assert.IsType<JsonObject>(row["properties"]));
    }

    [Fact]
    public async Task Gzip_file_has_one_member_per_row()
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", "gzip"));
        var plain = (await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null))).Files[0].Length;

        var file = run.Files[0];
        var ends = Enumerable.Range(1, file.Length).Where(end => end == file.Length || IsHeader(file.AsSpan(end))).ToArray();

        Assert.Equal(run.Records, ends.Length);
        Assert.All(ends[..10], (end, index) => Assert.Equal(index + 1, CountLines(file.AsSpan(0, end))));
        Assert.InRange(plain / (double)file.Length, 1.2, 3);
    }

    [Fact]
    public async Task Brotli_file_is_one_stream_flushed_after_every_row()
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", "brotli"));
        var file = run.Files[0];

        using var decoder = new BrotliDecoder();
        var text = new byte[1 << 20];
        var seen = new List<int>();
        var (at, length) = (0, 0);
        var status = OperationStatus.NeedMoreData;
        while (at < file.Length)
        {
            status = decoder.Decompress(file.AsSpan(at, 1), text.AsSpan(length), out var read, out var written);
            at += read;
            length += written;
            if (written > 0)
                seen.Add(length);
        }

        Assert.Equal(OperationStatus.Done, status);
        var rowEnds = Enumerable.Range(1, length).Where(end => text[end - 1] == (byte)'\n').ToArray();
        Assert.Equal(run.Records, rowEnds.Length);
        Assert.Subset(seen.ToHashSet(), rowEnds.ToHashSet());
    }

    private static int CountLines(ReadOnlySpan<byte> gzip)
    {
        using var text = new StreamReader(new GZipStream(new MemoryStream(gzip.ToArray()), CompressionMode.Decompress));
        return text.ReadToEnd().Count(character => character == '\n');
    }

    /// <summary>Whether the bytes start with the fixed part of the emulator's gzip headers.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 10 && bytes[..8].SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B, 8, 0, 0, 0, 0, 0]);
}
