namespace PSBatchExports.Files.Disk;

/// <summary>
/// A file on a file system that takes bytes from front to back only, and in many cases not before the file is closed. It is closed when it is
/// flushed; from then on it can be read.
/// </summary>
internal sealed class SequentialFile : IDiskFile
{
    private readonly string _path;
    private FileStream _stream;
    private Exception? _failure;
    private bool _isClosed;

    /// <exception cref="IOException">There is a file of that name, or the disk refused.</exception>
    public SequentialFile(string path) => (_path, _stream) = (path, Create(path));

    public long Length { get; private set; }

    /// <summary>Begins again; space cannot be reserved.</summary>
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
            throw new NotSupportedException("Bytes come in their order here.");

        RandomAccess.Write(_stream.SafeFileHandle, bytes, offset);
        Length += bytes.Length;
    }

    public int Read(long offset, Span<byte> bytes) => throw new NotSupportedException("A file that is being written cannot be read here.");

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
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        return new FileStream(path, options);
    }

    // What the file system could not keep, it may not say before the file is closed, which .NET does without looking at the answer.
    private Exception? Close()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                RandomAccess.FlushToDisk(_stream.SafeFileHandle);
            else
                UnixFile.FlushAndClose(_stream.SafeFileHandle);

            _stream.Dispose();
            var kept = new FileInfo(_path).Length;
            return kept == Length ? null : new IOException(FormattableString.Invariant($"The file system has {kept} bytes of the {Length} that were written."));
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return failure;
        }
    }
}
