namespace PSBatchExports.Completers;

/// <summary>Tool tips for formats and compressions: which programs read them.</summary>
internal static class FileFormatToolTips
{
    public static string OfFormat(string format) => format switch
    {
        "Parquet" => "Parquet: keeps the columns' types and is read the most widely, with zstd",
        "JSONLines" => "JSONLines: each row a line of JSON; leave it uncompressed for other programs",
        _ => format,
    };

    public static string OfCompression(string? format, string compression) => (FileFormats.Canonical(format), compression) switch
    {
        ("Parquet", "zstd") => "zstd: small, and read the most widely",
        ("JSONLines", "gzip") => "gzip: each row compressed by itself; DuckDB 1.5.6 silently loses the end of some such files",
        ("JSONLines", "brotli") => "brotli: few programs read it; unpack the files first",
        _ => compression,
    };
}
