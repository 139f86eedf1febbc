namespace PSBatchExports.Files.Integrity;

/// <summary>How many rows a file holds, or why that cannot be said.</summary>
internal abstract record FileRowCount
{
    private FileRowCount()
    {
    }

    /// <summary>The file is whole by its format. One that was cut where its format allows an end has fewer rows than it should have.</summary>
    public sealed record Counted(long Rows) : FileRowCount;

    /// <summary>Nothing is known to be wrong with the file.</summary>
    /// <param name="Why">A clause, such as "its footer is encrypted".</param>
    public sealed record NotCountable(string Why) : FileRowCount;

    /// <summary>The bytes are not those of a whole file of its format.</summary>
    /// <param name="Why">A clause, such as "its gzip data end too early".</param>
    public sealed record Damaged(string Why) : FileRowCount;
}
