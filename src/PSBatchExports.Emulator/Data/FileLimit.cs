namespace PSBatchExports.Emulator.Data;

/// <summary>Where a run starts a new file: after the row, or row group, that exceeds the limit.</summary>
/// <param name="Bytes">Null for a single file.</param>
/// <param name="CloseLastFile">Whether the last row closes its file, too.</param>
internal sealed record FileLimit(long? Bytes, bool CloseLastFile)
{
    public bool IsExceededBy(long length) => length > Bytes;

    /// <summary>Whether the file with the last row counts as full.</summary>
    public bool ClosesLastFile => CloseLastFile && Bytes is not null;
}
