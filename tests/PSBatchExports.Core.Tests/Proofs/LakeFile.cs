using System.Security.Cryptography;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace PSBatchExports.Core.Tests;

/// <summary>A file of a lake.</summary>
/// <param name="name">Its name.</param>
/// <param name="keys">The key of each row.</param>
internal sealed class LakeFile(string name, List<string> keys)
{
    public string Name => name;

    public List<string> Keys => keys;

    /// <summary>The content of the file, as the ledger has it.</summary>
    public byte[] Content { get; private set; } = [];

    public LedgerFile Entry(string fileId) =>
        new(name, fileId, Content.Length, Convert.ToHexString(SHA256.HashData(Content)).ToLowerInvariant(), null, keys.Count, FileProof.Rows);

    public async Task EncodeAsync(LakeKind kind) => Content = await ContentAsync(kind, keys);

    /// <summary>Gives the file a content that its keys do not have.</summary>
    public void Replace(byte[] content) => Content = content;

    public static async Task<byte[]> ContentAsync(LakeKind kind, IReadOnlyList<string> keys)
    {
        if (kind.Format == "Parquet")
            return await ParquetAsync(kind, keys);

        byte[][] rows = [.. keys.Select(key => Row(kind.Column, key))];
        return kind.Compression switch
        {
            "gzip" => [.. rows.SelectMany(row => RowFiles.Gzip(row))],
            "brotli" => RowFiles.Brotli(rows),
            _ => [.. rows.SelectMany(row => row)],
        };
    }

    private static byte[] Row(string column, string key) =>
        Encoding.UTF8.GetBytes($$$"""{"event":"$pageview","properties":{"uuid":"x"},"{{{column}}}":"{{{key}}}"}""" + "\n");

    private static async Task<byte[]> ParquetAsync(LakeKind kind, IReadOnlyList<string> keys)
    {
        var other = new DataField<long>("team_id");
        var key = new DataField(kind.Column, typeof(string), isNullable: true);
        using var file = new MemoryStream();
        var options = new ParquetOptions { CompressionMethod = kind.Codec };
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(other, key), file, options))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(other, keys.Select((_, at) => (long)at).ToArray());
            await group.WriteAsync(key, keys.ToArray());
            group.CompleteValidate();
        }

        return file.ToArray();
    }
}
