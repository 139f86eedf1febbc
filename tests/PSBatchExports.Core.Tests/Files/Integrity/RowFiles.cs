using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;
using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Core.Tests;

/// <summary>Creates files as the service writes them, and counts their rows.</summary>
internal static class RowFiles
{
    public static FileRowCount Count(string name, byte[] content) =>
        RowCounter.Count(name, new MemoryStream(content), CancellationToken.None);

    /// <summary>A gzip member. For an empty text the framework would write nothing.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> text, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (text.IsEmpty)
            return Convert.FromHexString("1F8B080000000000000303000000000000000000");

        using var packed = new MemoryStream();
        using (var writer = new GZipStream(packed, level))
            writer.Write(text);

        return packed.ToArray();
    }

    public static byte[] Brotli(IEnumerable<byte[]> pieces)
    {
        using var packed = new MemoryStream();
        using (var writer = new BrotliStream(packed, CompressionLevel.Fastest))
        {
            foreach (var piece in pieces)
            {
                writer.Write(piece);
                writer.Flush();
            }
        }

        return packed.ToArray();
    }

    public static byte[][] Rows(int count) => Enumerable.Range(0, count).Select(Row).ToArray();

    /// <summary>A gzip member for each row.</summary>
    public static byte[] GzipRows(int count) => Rows(count).SelectMany(row => Gzip(row)).ToArray();

    public static async Task<byte[]> ParquetAsync(CompressionMethod codec, params int[] rowsOfGroups)
    {
        var text = new DataField("event", typeof(string), isNullable: true);
        var number = new DataField<long>("team_id");
        using var file = new MemoryStream();
        var options = new ParquetOptions { CompressionMethod = codec };
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text, number), file, options))
        {
            foreach (var rows in rowsOfGroups)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(text, Enumerable.Range(0, rows).Select(at => $"event {at}").ToArray());
                await group.WriteAsync<long>(number, Enumerable.Range(0, rows).Select(at => (long)at).ToArray());
                group.CompleteValidate();
            }
        }

        return file.ToArray();
    }

    /// <summary>A Parquet file with a column of texts.</summary>
    public static async Task<byte[]> ParquetAsync(string column, string?[] texts)
    {
        var field = new DataField(column, typeof(string), isNullable: true);
        using var file = new MemoryStream();
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.None };
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), file, options))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(field, texts);
            group.CompleteValidate();
        }

        return file.ToArray();
    }

    /// <summary>A Parquet file with this footer, valid or not.</summary>
    public static byte[] WithFooter(byte[] footer, uint? length = null, string mark = "PAR1")
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length ?? (uint)footer.Length);
        return [.. Encoding.ASCII.GetBytes(mark), .. footer, .. bytes, .. Encoding.ASCII.GetBytes(mark)];
    }

    private static byte[] Row(int at) => Encoding.UTF8.GetBytes($$"""{"uuid":"{{at * 7919:x8}}","event":"$pageview"}""" + "\n");
}
