using PSBatchExports.Files.Disk;

namespace PSBatchExports.Core.Tests;

/// <summary>The real disk, but it corrupts a byte of the first files.</summary>
internal sealed class DamagingDisk(int times) : IDisk
{
    private readonly LocalDisk _disk = LocalDisk.Instance;
    private int _left = times;

    public bool Exists(string path) => _disk.Exists(path);

    public bool IsRegularFile(string path) => _disk.IsRegularFile(path);

    public bool FolderExists(string path) => _disk.FolderExists(path);

    public void CreateFolder(string path) => _disk.CreateFolder(path);

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside) =>
        _disk.OpenExclusive(path, create, onMovedAside) is { } file ? new OpenFile(this, file) : null;

    public IDiskFile CreateSequential(string path, Action<string> onMovedAside) =>
        new OpenFile(this, _disk.CreateSequential(path, onMovedAside));

    public void Move(string path, string target) => _disk.Move(path, target);

    public Stream OpenRead(string path) => _disk.OpenRead(path);

    public bool IsAt(string path, IDiskFile open) => _disk.IsAt(path, ((OpenFile)open).File);

    public void Delete(string path, IDiskFile open) => _disk.Delete(path, ((OpenFile)open).File);

    public bool Rename(string path, IDiskFile open, string target, bool overwrite) =>
        _disk.Rename(path, ((OpenFile)open).File, target, overwrite);

    public long LengthOf(string path) => _disk.LengthOf(path);

    public DateTimeOffset ModifiedAt(string path) => _disk.ModifiedAt(path);

    private sealed class OpenFile(DamagingDisk disk, IDiskFile file) : IDiskFile
    {
        public IDiskFile File => file;

        public long Length => file.Length;

        public void SetLength(long length) => file.SetLength(length);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset <= 100_000 && offset + bytes.Length > 100_000 && Interlocked.Decrement(ref disk._left) >= 0)
            {
                var wrong = bytes.ToArray();
                wrong[100_000 - offset] ^= 1;
                file.Write(offset, wrong);
                return;
            }

            file.Write(offset, bytes);
        }

        public int Read(long offset, Span<byte> bytes) => file.Read(offset, bytes);

        public void SetModifiedAt(DateTimeOffset time) => file.SetModifiedAt(time);

        public void Flush() => file.Flush();

        public Stream OpenRead() => file.OpenRead();

        public void Dispose() => file.Dispose();
    }
}
