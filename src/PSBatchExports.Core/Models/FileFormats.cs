using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// The compressions of each file format (docs/wire.md, section 13). For on-demand runs the server accepts any pair and fails later, so the
/// client checks.
/// </summary>
public static class FileFormats
{
    private static readonly string[] ParquetCompressions = ["zstd", "lz4", "snappy", "gzip", "brotli"];

    private static readonly string[] JsonLinesCompressions = ["gzip", "brotli"];

    private static readonly Dictionary<string, string> CompressionsByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".gz"] = "gzip",
        [".br"] = "brotli",
        [".zst"] = "zstd",
        [".lz4"] = "lz4",
        [".sz"] = "snappy",
    };

    /// <summary>The formats known to this module.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["Parquet", "JSONLines"];

    /// <summary>The compressions known to this module.</summary>
    public static IReadOnlyList<string> Compressions => ParquetCompressions;

    /// <summary>The spelling of a known format or compression; any other value is returned unchanged.</summary>
    /// <param name="value">The value in any case; null for none.</param>
    public static string? Canonical(string? value) =>
        Formats.Concat(ParquetCompressions).FirstOrDefault(known => known.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? value;

    /// <summary>The compressions that a format supports; null for a format unknown to this module.</summary>
    /// <param name="format">The format, in any case; null for Parquet.</param>
    public static IReadOnlyList<string>? CompressionsFor(string? format) => Canonical(format ?? "Parquet") switch
    {
        "Parquet" => ParquetCompressions,
        "JSONLines" => JsonLinesCompressions,
        _ => null,
    };

    /// <summary>Why the pair cannot work; null if it can, or if one of them is unknown to this module.</summary>
    /// <param name="format">The format; null for Parquet.</param>
    /// <param name="compression">The compression; null for none.</param>
    public static string? Mismatch(string? format, string? compression)
    {
        if (compression is null || CompressionsFor(format) is not { } supported)
            return null;

        return supported.Contains(compression) || !Compressions.Contains(compression)
            ? null
            : $"Compression '{compression}' does not work with the format {format ?? "Parquet"}. "
                + $"Use {string.Join(", ", supported)}, or leave it out for none.";
    }

    /// <summary>
    /// The kind of a file by its name. Older servers append the compression to Parquet names (.parquet.zst), although it is inside the
    /// file.
    /// </summary>
    internal static FileKind OfName(string name)
    {
        var extension = Path.GetExtension(name);
        var compression = CompressionsByExtension.GetValueOrDefault(extension);
        if (compression is not null)
            extension = Path.GetExtension(name[..^extension.Length]);

        return extension.ToLowerInvariant() switch
        {
            ".parquet" => new FileKind("Parquet", null),
            ".jsonl" => new FileKind("JSONLines", compression),
            _ => new FileKind(null, compression),
        };
    }
}
