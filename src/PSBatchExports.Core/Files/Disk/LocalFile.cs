using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>An open file of the real file system that is written in any order.</summary>
internal sealed class LocalFile(SafeFileHandle handle, string path) : IDiskFile
{
    public SafeFileHandle Handle => handle;

    public long Length => RandomAccess.GetLength(handle);

    public void SetLength(long length)
    {
        try
        {
            if (OperatingSystem.IsWindows() || length <= Length)
                RandomAccess.SetLength(handle, length);
            else
                UnixFile.Reserve(handle, length);
        }
        catch (Exception failure) when (Translate(failure) is not null)
        {
            throw Translate(failure)!;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception failure) when (Translate(failure) is not null)
        {
            throw Translate(failure)!;
        }
    }

    public int Read(long offset, Span<byte> bytes) => RandomAccess.Read(handle, bytes, offset);

    public void SetModifiedAt(DateTimeOffset time) => File.SetLastWriteTimeUtc(handle, time.UtcDateTime);

    public void Flush()
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.FlushToDisk(handle);
        else
            UnixFile.Flush(handle);
    }

    public Stream OpenRead()
    {
        var borrowed = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false);
        return new FileStream(borrowed, FileAccess.Read, bufferSize: 0) { Position = 0 };
    }

    public void Dispose() => handle.Dispose();

    // .NET turns EFBIG into an ArgumentOutOfRangeException.
    private IOException? Translate(Exception failure) => failure switch
    {
        ArgumentOutOfRangeException => new IOException(failure.Message, failure) { HResult = FileSystemErrors.TooLarge },
        _ when FileSystemErrors.IsLimit(failure) => new SequentialOnlyException(path, failure),
        _ => null,
    };
}
