namespace PSBatchExports.Files.Integrity;

/// <summary>Counts the rows of a saved file, in as little memory whatever its size: Parquet by its footer, JSON lines by reading them.</summary>
internal static class RowCounter
{
    /// <summary>
    /// Counts the rows of <paramref name="content"/>, which can seek and is at its beginning; <paramref name="name"/> says what it is.
    /// </summary>
    public static FileRowCount Count(string name, Stream content, CancellationToken cancellationToken) => FileFormats.OfName(name) switch
    {
        { Format: "Parquet" } => ParquetFooter.CountRows(content, cancellationToken),
        { Format: "JSONLines", Compression: (null or "gzip" or "brotli") and var compression } =>
            CountLines(content, compression, cancellationToken),
        { Format: "JSONLines", Compression: var compression } => new FileRowCount.NotCountable($"it is compressed with {compression}"),
        _ => new FileRowCount.NotCountable("its name does not say what it is"),
    };

    private static FileRowCount CountLines(Stream content, string? compression, CancellationToken cancellationToken)
    {
        var lines = new LineCounter();
        return PackedContent.Read(content, compression, lines.Add, cancellationToken)
            ? new FileRowCount.Counted(lines.Lines)
            : new FileRowCount.Damaged(PackedContent.Damage(compression!));
    }
}
