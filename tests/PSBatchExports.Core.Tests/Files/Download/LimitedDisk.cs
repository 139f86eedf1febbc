using PSBatchExports.Files.Disk;

namespace PSBatchExports.Core.Tests;

/// <summary>The real disk with the limits of other file systems.</summary>
internal sealed class LimitedDisk : IDisk
{
    private readonly LocalDisk _disk = LocalDisk.Instance;

    /// <summary>The error of an unsupported operation.</summary>
    public Func<Exception> Refusal { get; init; } = () => new UnauthorizedAccessException("Operation not permitted");

    /// <summary>Whether a created file cannot be opened for random writes.</summary>
    public bool CannotOpenAgain { get; init; }

    /// <summary>Whether bytes can only be appended, and space cannot be reserved.</summary>
    public bool TakesSequentialWritesOnly { get; init; }

    /// <summary>Whether space can be reserved although bytes can only be appended.</summary>
    public bool CanReserve { get; init; }

    public bool CannotRename { get; init; }

    /// <summary>Whether not even sequential files can be created.</summary>
    public bool CannotCreate { get; init; }

    public bool CannotSetTimes { get; init; }

    /// <summary>Changes a time that is set; null to keep it.</summary>
    public Func<DateTimeOffset, DateTimeOffset>? Keep { get; init; }

    /// <summary>The time of every file; null for the real one.</summary>
    public DateTimeOffset? OtherTime { get; init; }

    public bool Exists(string path) => _disk.Exists(path);

    public bool IsRegularFile(string path) => _disk.IsRegularFile(path);

    public bool FolderExists(string path) => _disk.FolderExists(path);

    public void CreateFolder(string path) => _disk.CreateFolder(path);

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside)
    {
        if (CannotOpenAgain && (create || Exists(path)))
            throw new SequentialOnlyException(path, Refusal());

        return _disk.OpenExclusive(path, create, onMovedAside) is { } file ? new OpenFile(this, file, path, isSequential: false) : null;
    }

    public IDiskFile CreateSequential(string path, Action<string> onMovedAside) =>
        CannotCreate ? throw Refusal() : new OpenFile(this, _disk.CreateSequential(path, onMovedAside), path, isSequential: true);

    public Stream OpenRead(string path) => _disk.OpenRead(path);

    public bool IsAt(string path, IDiskFile open) => _disk.IsAt(path, ((OpenFile)open).File);

    public void Delete(string path, IDiskFile open) => _disk.Delete(path, ((OpenFile)open).File);

    public bool Rename(string path, IDiskFile open, string target, bool overwrite) =>
        CannotRename ? throw Refusal() : _disk.Rename(path, ((OpenFile)open).File, target, overwrite);

    public void Move(string path, string target) => _disk.Move(path, target);

    public long LengthOf(string path) => _disk.LengthOf(path);

    public DateTimeOffset ModifiedAt(string path) => OtherTime ?? _disk.ModifiedAt(path);

    private sealed class OpenFile(LimitedDisk disk, IDiskFile file, string path, bool isSequential) : IDiskFile
    {
        private long _end = file.Length;

        public IDiskFile File => file;

        public long Length => file.Length;

        public void SetLength(long length)
        {
            if (length > file.Length && disk is { TakesSequentialWritesOnly: true, CanReserve: false } && !isSequential)
                throw new SequentialOnlyException(path, disk.Refusal());

            file.SetLength(length);
            if (length == 0)
                _end = 0;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (disk.TakesSequentialWritesOnly && offset != _end && !isSequential)
                throw new SequentialOnlyException(path, disk.Refusal());

            file.Write(offset, bytes);
            _end = offset + bytes.Length;
        }

        public int Read(long offset, Span<byte> bytes) => file.Read(offset, bytes);

        public void SetModifiedAt(DateTimeOffset time)
        {
            if (disk.CannotSetTimes)
                throw disk.Refusal();

            file.SetModifiedAt(disk.Keep?.Invoke(time) ?? time);
        }

        public void Flush() => file.Flush();

        public Stream OpenRead() => file.OpenRead();

        public void Dispose() => file.Dispose();
    }
}
