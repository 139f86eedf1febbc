namespace PSBatchExports.Models;

/// <summary>The format and compression of a file, by its name.</summary>
/// <param name="Format">One of <see cref="FileFormats.Formats"/>; null if the name does not show it.</param>
/// <param name="Compression">
/// The one of <see cref="FileFormats.Compressions"/> that the file as a whole has; null for none. Parquet is compressed inside the file.
/// </param>
internal readonly record struct FileKind(string? Format, string? Compression);
