using PSBatchExports.Files.Disk;

namespace PSBatchExports.Core.Tests;

/// <summary>A disk in memory that caches writes until they are flushed, and can lose its power.</summary>
internal sealed class UnflushedDisk : IDisk
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Entry> _files = [];

    /// <summary>The number of flushes by path.</summary>
    public Dictionary<string, int> Flushes { get; } = [];

    /// <summary>The maximum length of a file; null for no maximum.</summary>
    public long? Capacity { get; set; }

    public Exception? FlushFailure { get; set; }

    /// <summary>Called before each flush; null for nothing.</summary>
    public Action? BeforeFlush { get; init; }

    public bool CannotSetTimes { get; init; }

    public IReadOnlyCollection<string> Paths
    {
        get
        {
            lock (_gate)
                return _files.Keys.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();
        }
    }

    /// <summary>
    /// The disk after a power cut: everything that was flushed, and a random part of the writes since then. The journal may end in the
    /// middle of a line.
    /// </summary>
    public UnflushedDisk AfterPowerCut(Random random)
    {
        var after = new UnflushedDisk();
        lock (_gate)
        {
            foreach (var (path, entry) in _files)
                after._files[path] = entry.AfterPowerCut(random);
        }

        return after;
    }

    public byte[] Read(string path)
    {
        lock (_gate)
            return _files[path].Content.ToArray();
    }

    public bool Exists(string path)
    {
        lock (_gate)
            return _files.ContainsKey(path);
    }

    public bool IsRegularFile(string path) => Exists(path);

    public bool FolderExists(string path) => false;

    public void CreateFolder(string path)
    {
    }

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(path, out var entry))
            {
                if (!create)
                    return null;

                _files[path] = entry = new Entry();
            }

            if (entry.IsOpen)
                throw new IOException("In use.", 11);

            entry.IsOpen = true;
            return new OpenFile(this, path, entry);
        }
    }

    /// <summary>Deletes a file as another program does, which ignores locks.</summary>
    public void DeleteIgnoringLocks(string path)
    {
        lock (_gate)
            _files.Remove(path);
    }

    public IDiskFile CreateSequential(string path, Action<string> onMovedAside) => throw new NotSupportedException();

    public void Move(string path, string target) => throw new NotSupportedException();

    public Stream OpenRead(string path) => new MemoryStream(Read(path));

    public bool IsAt(string path, IDiskFile open)
    {
        lock (_gate)
            return _files.TryGetValue(path, out var entry) && entry == ((OpenFile)open).Entry;
    }

    public void Delete(string path, IDiskFile open)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        DeleteIgnoringLocks(path);
        open.Dispose();
    }

    public bool Rename(string path, IDiskFile open, string target, bool overwrite)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        lock (_gate)
        {
            if (!overwrite && _files.ContainsKey(target))
                throw new TargetExistsException(target);

            _files.Remove(path, out var entry);
            _files[target] = entry!;
        }

        open.Dispose();
        return true;
    }

    public long LengthOf(string path) => Read(path).Length;

    public DateTimeOffset ModifiedAt(string path)
    {
        lock (_gate)
            return _files[path].ModifiedAt;
    }

    private sealed class OpenFile(UnflushedDisk disk, string path, Entry entry) : IDiskFile
    {
        public Entry Entry => entry;

        public long Length
        {
            get
            {
                lock (disk._gate)
                    return entry.Content.Length;
            }
        }

        public void SetLength(long length)
        {
            if (length > disk.Capacity)
                throw new IOException("Full.", FileSystemErrors.NoSpace);

            lock (disk._gate)
                entry.SetLength(length);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._gate)
                entry.Write(offset, bytes);
        }

        public int Read(long offset, Span<byte> bytes)
        {
            lock (disk._gate)
                return entry.Read(offset, bytes);
        }

        public void SetModifiedAt(DateTimeOffset time)
        {
            if (disk.CannotSetTimes)
                throw new UnauthorizedAccessException("Not permitted.");

            lock (disk._gate)
                entry.ModifiedAt = time;
        }

        public void Flush()
        {
            disk.BeforeFlush?.Invoke();
            lock (disk._gate)
            {
                if (disk.FlushFailure is { } failure)
                    throw failure;

                disk.Flushes[path] = disk.Flushes.GetValueOrDefault(path) + 1;
                entry.Flush();
            }
        }

        public Stream OpenRead()
        {
            lock (disk._gate)
                return new MemoryStream(entry.Content.ToArray());
        }

        public void Dispose()
        {
            lock (disk._gate)
                entry.IsOpen = false;
        }
    }

    private sealed class Entry
    {
        private readonly List<(long Offset, byte[] Bytes)> _unflushed = [];
        private byte[] _flushed = [];

        public byte[] Content { get; private set; } = [];

        public DateTimeOffset ModifiedAt { get; set; }

        public bool IsOpen { get; set; }

        public void Resize(long length)
        {
            var content = new byte[length];
            Content.AsSpan(0, (int)Math.Min(length, Content.Length)).CopyTo(content);
            Content = content;
        }

        public void SetLength(long length)
        {
            if (length < Content.Length)
                _unflushed.Clear();

            Resize(length);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > Content.Length)
                Resize(offset + bytes.Length);

            bytes.CopyTo(Content.AsSpan((int)offset));
            _unflushed.Add((offset, bytes.ToArray()));
        }

        public int Read(long offset, Span<byte> bytes)
        {
            var read = (int)Math.Clamp(Content.Length - offset, 0, bytes.Length);
            Content.AsSpan((int)offset, read).CopyTo(bytes);
            return read;
        }

        public void Flush()
        {
            _flushed = Content.ToArray();
            _unflushed.Clear();
        }

        public Entry AfterPowerCut(Random random)
        {
            var survivor = new Entry { ModifiedAt = ModifiedAt };
            survivor.Resize(_flushed.Length);
            _flushed.CopyTo(survivor.Content.AsSpan());
            foreach (var (offset, bytes) in _unflushed.Where(_ => random.Next(2) == 0))
                survivor.Write(offset, bytes.AsSpan(0, random.Next(bytes.Length + 1)));

            if (random.Next(4) == 0 && Content.Length > survivor.Content.Length)
                survivor.Resize(Content.Length);

            survivor.Flush();
            return survivor;
        }
    }
}
