namespace PSBatchExports.Files.Integrity;

/// <summary>The number of rows in a file, or why it cannot be counted.</summary>
internal abstract record FileRowCount
{
    private FileRowCount()
    {
    }

    /// <summary>The file is well-formed. It may still lack rows, if it was cut where its format allows an end.</summary>
    public sealed record Counted(long Rows) : FileRowCount;

    /// <summary>The rows cannot be counted, but nothing is known to be wrong with the file.</summary>
    /// <param name="Reason">A clause, such as "its footer is encrypted".</param>
    public sealed record NotCountable(string Reason) : FileRowCount;

    /// <summary>The file is incomplete or not of its format.</summary>
    /// <param name="Reason">A clause, such as "its gzip data cannot be read to the end".</param>
    public sealed record Damaged(string Reason) : FileRowCount;
}
