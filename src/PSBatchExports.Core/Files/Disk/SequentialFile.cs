namespace PSBatchExports.Files.Disk;

/// <summary>
/// A file on a file system that takes sequential writes only. Many upload it when it is closed, so a flush closes it. It can be read after
/// that.
/// </summary>
internal sealed class SequentialFile : IDiskFile
{
    private readonly string _path;
    private FileStream _stream;
    private Exception? _failure;
    private bool _isClosed;

    /// <exception cref="IOException">The file exists, or the disk failed.</exception>
    public SequentialFile(string path) => (_path, _stream) = (path, Create(path));

    public long Length { get; private set; }

    /// <summary>Truncates the file to nothing. Space cannot be reserved; any other length is ignored.</summary>
    public void SetLength(long length)
    {
        if (length > 0 || (Length == 0 && !_isClosed))
            return;

        Dispose();
        File.Delete(_path);
        (_stream, Length, _failure, _isClosed) = (Create(_path), 0, null, false);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset != Length)
            throw new NotSupportedException("The file can only be written sequentially.");

        RandomAccess.Write(_stream.SafeFileHandle, bytes, offset);
        Length += bytes.Length;
    }

    public int Read(long offset, Span<byte> bytes) => throw new NotSupportedException("The file cannot be read while it is written.");

    public void SetModifiedAt(DateTimeOffset time)
    {
        Flush();
        File.SetLastWriteTimeUtc(_path, time.UtcDateTime);
    }

    public void Flush()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _failure = Close();
        }

        if (_failure is not null)
            throw new IOException(_failure.Message, _failure) { HResult = _failure.HResult };
    }

    public Stream OpenRead()
    {
        Flush();
        return LocalDisk.Instance.OpenRead(_path);
    }

    public void Dispose()
    {
        _isClosed = true;
        _stream.Dispose();
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        return new FileStream(path, options);
    }

    // A file system may report a failed write only when the file is closed, and .NET ignores the result of closing it.
    private Exception? Close()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                RandomAccess.FlushToDisk(_stream.SafeFileHandle);
            else
                UnixFile.FlushAndClose(_stream.SafeFileHandle);

            _stream.Dispose();
            var length = new FileInfo(_path).Length;
            return length == Length
                ? null
                : new IOException(FormattableString.Invariant($"The file system has {length} bytes of the {Length} that were written."));
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            return failure;
        }
    }
}
