using System.IO.Compression;
using System.Security.Cryptography;
using Parquet;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class FileIntegrityTests
{
    private static readonly byte[] Rows =
        [.. Enumerable.Range(0, 300_000).Select(at => (byte)"0123456789abcdef"[(int)(at * 7919L / 13 % 16)])];

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.br")]
    public void A_truncated_or_extended_file_is_damaged(string name)
    {
        var whole = Pack(name, Rows);

        Assert.Null(Damage(name, whole));
        foreach (var cut in new[] { 1, 4, 8, 9, 100, whole.Length / 2, whole.Length - 1, whole.Length })
            Assert.NotNull(Damage(name, whole[..^cut]));
        Assert.NotNull(Damage(name, [.. whole, 1, 2, 3]));
    }

    [Theory]
    [InlineData("a.jsonl.gz", "1F8B080000000000000303000000000000000000")]
    [InlineData("a.jsonl.br", "3B")]
    public void An_empty_compressed_file_is_not_damaged(string name, string packed) =>
        Assert.Null(Damage(name, Convert.FromHexString(packed)));

    [Fact]
    public void Gzip_data_in_several_members_are_not_damaged() =>
        Assert.Null(Damage("a.jsonl.gz", [.. Pack("a.gz", Rows), .. Pack("a.gz", Rows[..7])]));

    [Fact]
    public void A_changed_byte_in_gzip_data_is_damage()
    {
        var packed = Pack("a.gz", Rows);
        packed[packed.Length / 2] ^= 0x10;

        Assert.NotNull(Damage("a.jsonl.gz", packed));
    }

    [Theory]
    [InlineData("PAR1........PAR1")]
    [InlineData("PAR1........PAR")]
    [InlineData("XAR1........PAR1")]
    [InlineData("PAR1PAR1")]
    [InlineData("")]
    public void Parquet_without_its_magic_or_its_footer_is_damaged(string content) =>
        Assert.NotNull(Damage("a.PARQUET", System.Text.Encoding.ASCII.GetBytes(content)));

    [Fact]
    public void Parquet_with_an_encrypted_footer_is_accepted() =>
        Assert.Null(Damage("a.parquet", RowFiles.WithFooter(new byte[100], mark: "PARE")));

    [Theory]
    [InlineData("a.parquet.zst")]
    [InlineData("a.parquet.gz")]
    [InlineData("a.parquet.br")]
    public async Task Parquet_with_its_compression_in_the_name_is_checked_as_Parquet(string name)
    {
        var good = await RowFiles.ParquetAsync(CompressionMethod.Snappy, 3, 4);

        Assert.Null(Damage(name, good));
        Assert.NotNull(Damage(name, good[..^1]));
        Assert.NotNull(Damage(name, Pack(name, Rows)));
    }

    [Fact]
    public void A_file_is_compared_with_the_MD5_if_there_is_one()
    {
#pragma warning disable CA5351 // What the storage uses.
        var md5 = Convert.ToHexString(MD5.HashData(Rows)).ToLowerInvariant();
#pragma warning restore CA5351

        Assert.Null(Damage("a.jsonl", Rows, md5));
        Assert.Contains("MD5", Damage("a.jsonl", Rows[1..], md5), StringComparison.Ordinal);
        Assert.Null(Damage("a.jsonl", Rows[1..]));
    }

    [Fact]
    public async Task The_check_of_a_file_counts_its_rows()
    {
        Assert.Equal(7, RowsOf("a.parquet", await RowFiles.ParquetAsync(CompressionMethod.Zstd, 3, 4)));
        Assert.Equal(12, RowsOf("a.jsonl.gz", RowFiles.GzipRows(12)));
        Assert.Null(RowsOf("a.bin", Rows));
    }

    private static long? RowsOf(string name, byte[] content) =>
        FileIntegrity.Check(() => new MemoryStream(content), new StorageObject { Name = name }, CancellationToken.None).Rows;

    private static string? Damage(string name, byte[] content, string? md5 = null) =>
        FileIntegrity.Check(() => new MemoryStream(content), new StorageObject { Name = name, Md5 = md5 }, CancellationToken.None).Damage;

    private static byte[] Pack(string name, byte[] content)
    {
        var packed = new MemoryStream();
        using (var writer = Open(packed))
            writer.Write(content);

        return packed.ToArray();

        Stream Open(Stream target) => name.EndsWith("gz", StringComparison.Ordinal)
            ? new GZipStream(target, CompressionLevel.Fastest)
            : new BrotliStream(target, CompressionLevel.Fastest);
    }
}
