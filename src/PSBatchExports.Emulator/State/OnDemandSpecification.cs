using System.Globalization;

namespace PSBatchExports.Emulator;

/// <summary>What an on-demand run exports.</summary>
public sealed record OnDemandSpecification
{
    public string Model { get; init; } = "events";

    public string Format { get; init; } = "Parquet";

    public string? Compression { get; init; }

    /// <summary>Null or 0: one file.</summary>
    public int? MaxSizeMB { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public IReadOnlyList<string> Columns { get; init; } = [];

    internal bool IsParquet => Format == "Parquet";

    internal string? StagingError =>
        !IsParquet && Compression is not (null or "gzip" or "brotli")
            ? RunErrors.UnsupportedCompression(Compression)
            : null;

    /// <summary>Equal for runs that export the same rows in the same format.</summary>
    internal string ContentKey => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model}|{Format}|{Compression}|{MaxSizeMB}|{Start?.UtcTicks}|{End?.UtcTicks}|"
        + $"{string.Join(',', Include)}|{string.Join(',', Exclude)}|{string.Join(',', Columns)}");
}
