namespace PSBatchExports.Emulator.Data;

/// <summary>Where a run begins another file: after the row, or the row group, that takes one over the limit.</summary>
/// <param name="Bytes">Null: one file, whatever its size.</param>
/// <param name="CloseLastFile">The last row closes its file, too.</param>
internal sealed record FileLimit(long? Bytes, bool CloseLastFile)
{
    public bool IsExceededBy(long length) => length > Bytes;

    /// <summary>Whether a file that holds the last row counts as full.</summary>
    public bool ClosesLastFile => CloseLastFile && Bytes is not null;
}
