using Parquet;

namespace PSBatchExports.Core.Tests;

/// <summary>What the files of a lake are like.</summary>
internal sealed record LakeKind(string Model, string Format, string? Compression)
{
    private static readonly (string Format, string? Compression)[] Formats =
    [
        ("JSONLines", null),
        ("JSONLines", "gzip"),
        ("JSONLines", "brotli"),
        ("Parquet", null),
        .. FileFormats.Compressions.Select(compression => ("Parquet", (string?)compression)),
    ];

    public static IReadOnlyList<LakeKind> All { get; } =
    [
        .. from model in (string[])["events", "persons", "sessions"]
           from format in Formats
           select new LakeKind(model, format.Format, format.Compression),
    ];

    public string Column => Model switch
    {
        "persons" => "distinct_id",
        "sessions" => "session_id",
        _ => "uuid",
    };

    /// <summary>Whether the module can read the rows.</summary>
    public bool HasReadableRows => Format == "JSONLines" || Compression is null or "gzip" or "brotli";

    public string Extension => (Format, Compression) switch
    {
        ("Parquet", _) => ".parquet",
        (_, "gzip") => ".jsonl.gz",
        (_, "brotli") => ".jsonl.br",
        _ => ".jsonl",
    };

    public CompressionMethod Codec => Compression switch
    {
        "zstd" => CompressionMethod.Zstd,
        "gzip" => CompressionMethod.Gzip,
        "brotli" => CompressionMethod.Brotli,
        "lz4" => CompressionMethod.Lz4Raw,
        "snappy" => CompressionMethod.Snappy,
        _ => CompressionMethod.None,
    };
}
