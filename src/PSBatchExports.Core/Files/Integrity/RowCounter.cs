namespace PSBatchExports.Files.Integrity;

/// <summary>Counts the rows of a file in constant memory: Parquet by its footer, JSON lines by reading them.</summary>
internal static class RowCounter
{
    /// <summary>
    /// Counts the rows of <paramref name="content"/>, a seekable stream at its beginning. <paramref name="name"/> determines the format.
    /// </summary>
    public static FileRowCount Count(string name, Stream content, CancellationToken cancellationToken) => FileFormats.OfName(name) switch
    {
        { Format: "Parquet" } => ParquetFooter.CountRows(content, cancellationToken),
        { Format: "JSONLines", Compression: (null or "gzip" or "brotli") and var compression } =>
            CountLines(content, compression, cancellationToken),
        { Format: "JSONLines", Compression: var compression } => new FileRowCount.NotCountable($"it is compressed with {compression}"),
        _ => new FileRowCount.NotCountable("its name does not tell its format"),
    };

    private static FileRowCount CountLines(Stream content, string? compression, CancellationToken cancellationToken)
    {
        var lines = new LineCounter();
        return CompressedContent.Read(content, compression, lines.Add, cancellationToken)
            ? new FileRowCount.Counted(lines.Lines)
            : new FileRowCount.Damaged(CompressedContent.DescribeDamage(compression!));
    }
}
