using Microsoft.Win32.SafeHandles;

namespace PSBatchExports;

/// <summary>The real file system.</summary>
internal sealed class Disk : IDisk
{
    public static readonly Disk Instance = new();

    public bool FileExists(string path) => File.Exists(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public IDiskFile Open(string path, bool create, long length = 0)
    {
        var handle = OpenHandle(path, create, length);
        try
        {
            if (create && length > 0)
                RandomAccess.SetLength(handle, length);

            return new OpenFile(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public Stream OpenRead(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public void Delete(string path, IDiskFile? open) => ThenClose(open, () => File.Delete(path));

    public void Rename(string path, IDiskFile open, string target, bool overwrite) => ThenClose(open, () => File.Move(path, target, overwrite));

    public long LengthOf(string path) => new FileInfo(path).Length;

    public DateTimeOffset ModifiedAt(string path) => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    public void SetModifiedAt(string path, DateTimeOffset time) => File.SetLastWriteTimeUtc(path, time.UtcDateTime);

    private static SafeFileHandle OpenHandle(string path, bool create, long length)
    {
        try
        {
            return File.OpenHandle(path, create ? FileMode.Create : FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.None, create ? length : 0);
        }
        catch (IOException failure) when (length > 0 && new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < length)
        {
            // The framework says so in words only when it reserves space.
            throw new IOException(failure.Message, FileSystemErrors.NoSpace);
        }
    }

    // Windows cannot change the name of an open file, but there a file that somebody has opened in between cannot be changed either.
    private static void ThenClose(IDiskFile? open, Action work)
    {
        if (OperatingSystem.IsWindows())
            open?.Dispose();

        work();
        open?.Dispose();
    }

    private sealed class OpenFile(SafeFileHandle handle) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public Stream OpenRead()
        {
            var reader = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
            reader.Position = 0;
            return reader;
        }

        public void Dispose() => handle.Dispose();
    }
}
