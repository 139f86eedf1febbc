namespace PSBatchExports.Files.Disk;

/// <summary>An open file. Reads and writes are thread-safe.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Truncates the file, or reserves space up to a length.</summary>
    /// <exception cref="SequentialOnlyException">The file system cannot reserve space.</exception>
    void SetLength(long length);

    /// <exception cref="SequentialOnlyException">The file system cannot write at this offset.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <returns>The number of bytes read; 0 at the end of the file.</returns>
    int Read(long offset, Span<byte> bytes);

    void SetModifiedAt(DateTimeOffset time);

    /// <summary>Returns once everything written will survive a power cut.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    void Flush();

    /// <summary>Opens a stream at the beginning. The file stays open when the stream is closed.</summary>
    Stream OpenRead();
}
