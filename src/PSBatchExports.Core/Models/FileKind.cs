namespace PSBatchExports.Models;

/// <summary>What a file is, by its name.</summary>
/// <param name="Format">One of <see cref="FileFormats.Formats"/>; null for a name that does not say.</param>
/// <param name="Compression">
/// One of <see cref="FileFormats.Compressions"/> that the whole file is in; null for none. Parquet has its compression within.
/// </param>
internal readonly record struct FileKind(string? Format, string? Compression);
