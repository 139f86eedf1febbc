using System.IO.Compression;
using System.Text;
using Parquet;

namespace PSBatchExports.Core.Tests;

/// <summary>Damages the files of a run. Each of them still has the announced length.</summary>
internal static class Mutation
{
    /// <summary>Mutations that change the number of rows.</summary>
    public static readonly string[] OfRows = ["cut at a row", "row dropped", "file dropped", "file doubled", "rows doubled"];

    /// <summary>Mutations that keep the number of rows.</summary>
    public static readonly string[] OfBytes = ["byte changed", "contents swapped"];

    /// <summary>Changes the files; null if the mutation does not apply to them.</summary>
    public static StoredFile[]? Apply(string kind, StoredFile[] files, Random random)
    {
        var at = random.Next(files.Length);
        var file = files[at];
        return kind switch
        {
            "cut at a row" => Replace(files, at, WithoutRows(file, cut: true, random)),
            "row dropped" => Replace(files, at, WithoutRows(file, cut: false, random)),
            "rows doubled" => Replace(files, at, CanBeJoined(file) ? [.. file.Content, .. file.Content] : null),
            "file dropped" => files.Length > 1 ? [.. files.Where((_, number) => number != at)] : null,
            "file doubled" => [.. files, file with { Name = $"again-{file.Name}" }],
            "byte changed" => Keep(files, at, WithOtherByte(file.Content, random)),
            "contents swapped" => Swap(files, at, (at + 1) % files.Length),
            _ => throw new ArgumentException($"No such kind: {kind}.", nameof(kind)),
        };
    }

    private static bool CanBeJoined(StoredFile file) =>
        file.Name.EndsWith(".jsonl", StringComparison.Ordinal) || file.Name.EndsWith(".gz", StringComparison.Ordinal);

    // The object itself is wrong, with a tag that matches it.
    private static StoredFile[]? Replace(StoredFile[] files, int at, byte[]? content) =>
        content is null ? null : [.. files.Select((file, number) => number == at ? StoredFile.Of(file.Name, content, file.Rows) : file)];

    // The tag is that of the intact content.
    private static StoredFile[] Keep(StoredFile[] files, int at, byte[] content) =>
        [.. files.Select((file, number) => number == at ? file with { Content = content } : file)];

    private static StoredFile[]? Swap(StoredFile[] files, int one, int other) =>
        files[one].Content.AsSpan().SequenceEqual(files[other].Content)
            ? null
            : Keep(Keep(files, one, files[other].Content), other, files[one].Content);

    private static byte[] WithOtherByte(byte[] content, Random random)
    {
        var changed = content.ToArray();
        changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
        return changed;
    }

    private static byte[]? WithoutRows(StoredFile file, bool cut, Random random)
    {
        if (file.Rows < 2)
            return null;
        if (file.Name.Contains(".parquet", StringComparison.Ordinal))
            return RowFiles.ParquetAsync(
                CompressionMethod.Snappy, (int)(cut ? random.NextInt64(1, file.Rows) : file.Rows - 1)).GetAwaiter().GetResult();

        var rows = Encoding.UTF8.GetString(Unpacked(file)).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Select(row => Encoding.UTF8.GetBytes(row + "\n")).ToList();
        if (cut)
            rows = rows[..random.Next(1, rows.Count)];
        else
            rows.RemoveAt(random.Next(rows.Count));

        return Path.GetExtension(file.Name) switch
        {
            ".gz" => [.. rows.SelectMany(row => RowFiles.Gzip(row))],
            ".br" => RowFiles.Brotli(rows),
            _ => [.. rows.SelectMany(row => row)],
        };
    }

    private static byte[] Unpacked(StoredFile file)
    {
        using var packed = new MemoryStream(file.Content);
        using Stream content = Path.GetExtension(file.Name) switch
        {
            ".gz" => new GZipStream(packed, CompressionMode.Decompress),
            ".br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var plain = new MemoryStream();
        content.CopyTo(plain);
        return plain.ToArray();
    }
}
