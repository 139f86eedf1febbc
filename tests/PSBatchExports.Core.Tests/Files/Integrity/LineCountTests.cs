using System.IO.Compression;
using System.Text;
using PSBatchExports.Files.Integrity;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Counts the rows of JSON lines files.</summary>
public class LineCountTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 0)]
    [InlineData("\n\n\n", 0)]
    [InlineData("{}", 1)]
    [InlineData("{}\n", 1)]
    [InlineData("{}\n\n", 1)]
    [InlineData("\n{}", 1)]
    [InlineData("{}\n{}", 2)]
    [InlineData("{}\n\n\n{}\n", 2)]
    public void Empty_lines_are_not_rows_and_the_last_line_needs_no_line_break(string text, long rows)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(new FileRowCount.Counted(rows), RowFiles.Count("a.jsonl", bytes));
        Assert.Equal(new FileRowCount.Counted(rows), RowFiles.Count("a.jsonl.br", RowFiles.Brotli([bytes])));
        if (text.Length > 0)
            Assert.Equal(new FileRowCount.Counted(rows), RowFiles.Count("a.jsonl.gz", RowFiles.Gzip(bytes)));
    }

    [Fact]
    public void Lines_are_counted_across_pieces()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(at => new string('x', at % 37) + "\n")));
        var expected = Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        for (var size = 1; size < 70; size++)
        {
            var counter = new LineCounter();
            foreach (var piece in text.Chunk(size))
                counter.Add(piece);

            Assert.Equal(expected, counter.Lines);
        }
    }

    [Fact]
    public void Gzip_with_a_member_for_each_row_is_counted_to_the_end() =>
        Assert.Equal(new FileRowCount.Counted(5000), RowFiles.Count("a.jsonl.gz", RowFiles.GzipRows(5000)));

    [Fact]
    public void Gzip_in_a_few_large_members_is_counted_to_the_end()
    {
        var half = RowFiles.Rows(100_000).SelectMany(row => row).ToArray();

        byte[] packed = [.. RowFiles.Gzip(half), .. RowFiles.Gzip(half, CompressionLevel.NoCompression)];

        Assert.Equal(new FileRowCount.Counted(200_000), RowFiles.Count("a.jsonl.gz", packed));
    }

    [Fact]
    public void Gzip_truncated_between_two_members_has_fewer_rows()
    {
        var whole = RowFiles.GzipRows(100);
        var last = RowFiles.Gzip(RowFiles.Rows(100)[^1]);

        Assert.Equal(new FileRowCount.Counted(99), RowFiles.Count("a.jsonl.gz", whole[..^last.Length]));
    }

    [Fact]
    public void Empty_gzip_members_are_not_rows() =>
        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.jsonl.gz", [.. RowFiles.Gzip([]), .. RowFiles.Gzip([])]));

    [Theory]
    [InlineData("00")]
    [InlineData("0000000000000000000000000000000000000000000000000000")]
    [InlineData("1F")]
    [InlineData("1F8B")]
    [InlineData("1F8B0800000000000003")]
    [InlineData("7B7D0A")]
    public void Trailing_bytes_are_damage(string junk)
    {
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.jsonl.gz", [.. RowFiles.GzipRows(20), .. Convert.FromHexString(junk)]));
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count(
            "a.jsonl.br", [.. RowFiles.Brotli(RowFiles.Rows(20)), .. Convert.FromHexString(junk)]));
    }

    [Fact]
    public void A_second_brotli_stream_is_damage() =>
        Assert.IsType<FileRowCount.Damaged>(
            RowFiles.Count("a.jsonl.br", [.. RowFiles.Brotli(RowFiles.Rows(2)), .. RowFiles.Brotli(RowFiles.Rows(2))]));

    [Theory]
    [InlineData("3B")]
    [InlineData("06")]
    public void A_brotli_file_of_one_byte_has_no_rows(string packed) =>
        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.jsonl.br", Convert.FromHexString(packed)));

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.br")]
    public void An_empty_compressed_file_is_damaged(string name) => Assert.IsType<FileRowCount.Damaged>(RowFiles.Count(name, []));

    [Theory]
    [InlineData("a.jsonl.zst")]
    [InlineData("a.txt")]
    [InlineData("a.gz")]
    public void Files_of_other_formats_are_not_counted(string name) =>
        Assert.IsType<FileRowCount.NotCountable>(RowFiles.Count(name, RowFiles.GzipRows(1)));

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.br")]
    public void Cancellation_stops_counting(string name)
    {
        using var cancellation = new CancellationTokenSource();
        var bytes = name switch
        {
            "a.jsonl.gz" => RowFiles.Gzip([]),
            "a.jsonl.br" => RowFiles.Brotli([new byte[1000]])[..8],
            _ => "{}\n"u8.ToArray(),
        };
        using var content = new EndlessStream(bytes, cancellation);

        Assert.ThrowsAny<OperationCanceledException>(() => RowCounter.Count(name, content, cancellation.Token));
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.br")]
    public void Counting_takes_constant_memory(string name)
    {
        var rows = Enumerable.Repeat(RowFiles.Rows(10_000).SelectMany(row => row).ToArray(), 40).ToArray();
        var packed = name.EndsWith("gz", StringComparison.Ordinal)
            ? rows.SelectMany(text => RowFiles.Gzip(text)).ToArray()
            : RowFiles.Brotli(rows);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(new FileRowCount.Counted(400_000), RowFiles.Count(name, packed));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_500_000);
    }

    /// <summary>Repeats the same bytes, and cancels once some have been read.</summary>
    private sealed class EndlessStream(byte[] bytes, CancellationTokenSource cancellation) : MemoryStream(bytes)
    {
        private int _reads;

        public override int Read(Span<byte> buffer)
        {
            if (++_reads == 1000)
                cancellation.Cancel();
            if (Position == Length)
                Position = 0;

            return base.Read(buffer);
        }
    }
}
