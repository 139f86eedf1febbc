using System.Diagnostics;
using System.Text;
using Parquet;
using PSBatchExports.Files.Integrity;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Counts the rows of Parquet files by their footers.</summary>
public class ParquetRowCountTests
{
    // FileMetaData with version 1, an empty schema and a row count, up to the row groups.
    private static readonly byte[] Start = [0x15, 0x02, 0x19, 0x0C];

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public async Task Rows_are_counted_over_all_row_groups_with_every_codec(CompressionMethod codec)
    {
        var file = await RowFiles.ParquetAsync(codec, 1, 1, 300, 20, 1);

        Assert.Equal(new FileRowCount.Counted(323), RowFiles.Count("a.parquet", file));
        Assert.Equal(new FileRowCount.Counted(323), RowFiles.Count("a.parquet.zst", file));
    }

    [Fact]
    public async Task Parquet_without_rows_or_without_row_groups_has_no_rows()
    {
        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.parquet", await RowFiles.ParquetAsync(CompressionMethod.Zstd)));
        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.parquet", await RowFiles.ParquetAsync(CompressionMethod.Zstd, 0)));
        Assert.Equal(
            new FileRowCount.Counted(0), RowFiles.Count("a.parquet", RowFiles.WithFooter([.. Start, 0x16, 0x00, 0x19, 0x0C, 0x00])));
    }

    [Fact]
    public async Task A_footer_larger_than_the_buffer_is_read_completely()
    {
        var file = await RowFiles.ParquetAsync(CompressionMethod.None, [.. Enumerable.Repeat(2, 1500)]);

        Assert.True(BitConverter.ToUInt32(file, file.Length - 8) > 128 * 1024);
        Assert.Equal(new FileRowCount.Counted(3000), RowFiles.Count("a.parquet", file));
    }

    [Fact]
    public async Task Parquet_that_lacks_a_byte_is_damaged()
    {
        var whole = await RowFiles.ParquetAsync(CompressionMethod.Snappy, 5, 7);
        for (var at = 0; at < whole.Length; at++)
        {
            Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", whole[..at]));
            Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", [.. whole[..at], .. whole[(at + 1)..]]));
        }
    }

    [Fact]
    public async Task Bytes_after_the_end_of_Parquet_are_damage() =>
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", [.. await RowFiles.ParquetAsync(CompressionMethod.None, 3), 0]));

    [Fact]
    public void An_encrypted_footer_cannot_be_counted() =>
        Assert.IsType<FileRowCount.NotCountable>(RowFiles.Count("a.parquet", RowFiles.WithFooter(new byte[100], mark: "PARE")));

    [Fact]
    public void A_signed_footer_is_followed_by_its_signature()
    {
        // Field 8 is an empty structure.
        byte[] signed = [.. Start, 0x16, 0x00, 0x19, 0x0C, 0x4C, 0x00, 0x00];

        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.parquet", RowFiles.WithFooter([.. signed, .. new byte[28]])));
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", RowFiles.WithFooter([.. signed, .. new byte[27]])));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("00", "no fields")]
    [InlineData("1600190C00", "no row groups: fields 1 and 2")]
    [InlineData("36022600", "no row groups")]
    [InlineData("3601190C00", "fewer than no rows")]
    [InlineData("3602190C00", "a row that no row group has")]
    [InlineData("3600190C0000", "a byte behind it")]
    [InlineData("3600190C", "no end")]
    [InlineData("3600191C3602001C00", "row group cut off")]
    [InlineData("36001918036162", "row groups that are texts")]
    [InlineData("36FFFFFFFFFFFFFFFFFFFFFFFF", "an unterminated number")]
    [InlineData("18FFFFFFFF7F", "a text longer than the file")]
    [InlineData("18FFFFFFFFFFFFFFFFFF01", "a text of 2^64 bytes")]
    [InlineData("19FCFFFFFFFF0F", "a list of 2^32 elements")]
    [InlineData("1BFFFFFFFF0F11", "a map of 2^32 elements")]
    [InlineData("1D00", "an unknown type")]
    [InlineData("1900", "a list of no type, then nothing")]
    [InlineData("1910", "a list of one of no type")]
    public void An_invalid_footer_is_damage(string footer, string what)
    {
        var count = RowFiles.Count("a.parquet", RowFiles.WithFooter(Convert.FromHexString(footer)));

        Assert.True(count is FileRowCount.Damaged, what);
    }

    [Theory]
    [InlineData(0x1C)]
    [InlineData(0x19)]
    [InlineData(0x1B)]
    public void Deep_nesting_is_damage(byte kind)
    {
        var level = kind switch
        {
            0x1C => new byte[] { 0x1C },
            0x19 => [0x19],
            _ => [0x01, 0xBB],
        };
        byte[] footer = [kind, .. Enumerable.Repeat(level, 1_000_000).SelectMany(bytes => bytes)];

        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", RowFiles.WithFooter(footer)));
    }

    [Theory]
    [InlineData(13u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu)]
    public void A_footer_longer_than_the_file_is_damage(uint length) =>
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", RowFiles.WithFooter(new byte[8], length)));

    [Fact]
    public void A_long_text_in_a_footer_is_skipped_unread()
    {
        // Field 5, key_value_metadata, where Arrow stores its schema: a text of 100 MB after the row groups.
        const int Length = 100_000_000;
        byte[] head = [.. Start, 0x16, 0x00, 0x19, 0x0C, 0x18, 0x80, 0xC2, 0xD7, 0x2F];
        var file = RowFiles.WithFooter([.. head, .. new byte[Length], 0x00]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();

        Assert.Equal(new FileRowCount.Counted(0), RowFiles.Count("a.parquet", file));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public void Cancellation_stops_reading_a_long_footer()
    {
        var file = RowFiles.WithFooter([.. Start, 0x16, 0x00, 0x19, 0x0C, 0x00]);

        Assert.ThrowsAny<OperationCanceledException>(
            () => RowCounter.Count("a.parquet", new MemoryStream(file), new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("PAR1........PARE")]
    [InlineData("XAR1........PAR1")]
    [InlineData("PAR1PAR1")]
    [InlineData("")]
    public void Parquet_without_its_magic_is_damaged(string text) =>
        Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", Encoding.ASCII.GetBytes(text)));
}
