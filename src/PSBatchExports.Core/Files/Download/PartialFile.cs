namespace PSBatchExports;

/// <summary>
/// A file on its way: its bytes under a temporary name, and beside them a journal of the ranges that are on the disk for good. A range is
/// written down only after it has been flushed, at most once a second, so what the journal says holds after a kill and after a power cut.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private static readonly TimeSpan TimeBetweenFlushes = TimeSpan.FromSeconds(1);

    /// <summary>Sooner than that, so that the disk has work while a short download goes on, and not only after it (bench/README.md).</summary>
    private static readonly TimeSpan TimeToFirstFlush = TimeSpan.FromMilliseconds(400);

    /// <summary>How long whoever stops a download waits for the disk.</summary>
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromMilliseconds(600);

    private readonly object _gate = new();
    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly TransferSizes _sizes;
    private readonly string _path;
    private readonly string _journalPath;
    private readonly string _fileId;
    private string _shownAs;
    private IDiskFile? _data;
    private IDiskFile? _journal;
    private long _journalLength;
    private RangeSet _written = new();
    private HashSet<ByteRange> _recorded = [];
    private long _flushedAt;
    private TimeSpan _untilFlush = TimeToFirstFlush;
    private Task _flush = Task.CompletedTask;
    private Task? _leaving;
    private Exception? _flushFailure;

    private PartialFile(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, string fileId)
    {
        _disk = disk;
        _time = time;
        _sizes = sizes;
        _fileId = fileId;
        _path = Path.Combine(folder, $".{fileId}.partial");
        _journalPath = _path + ".state";
        _shownAs = _path;
    }

    /// <summary>What this is a part of; null before <see cref="Begin"/>, and where it cannot be resumed.</summary>
    public PartialHeader? Header { get; private set; }

    /// <summary>Bytes that an earlier, interrupted download left.</summary>
    public long ResumedBytes { get; private set; }

    /// <summary>After <see cref="LeaveAsync"/>: whether the next call for this file goes on from here.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Bytes that are there.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _written.Bytes;
        }
    }

    /// <summary>Finds what an interrupted download of the file left; a state that is damaged or of something else counts as none.</summary>
    /// <exception cref="FileSaveException">Another process is at it, or the disk refused.</exception>
    public static PartialFile Find(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, string fileId, bool resume)
    {
        var partial = new PartialFile(disk, time, sizes, folder, fileId);
        FileSystemErrors.Guard(partial._path, () =>
        {
            if (disk.FileExists(partial._path))
                partial._data = disk.Open(partial._path, create: false);

            if (!resume || !partial.TryResume())
                partial.Discard();
        });
        return partial;
    }

    /// <summary>What is missing, for as many connections.</summary>
    /// <param name="connections">How many there may be.</param>
    /// <param name="except">What somebody is fetching already.</param>
    public RangePlan Plan(int connections, ByteRange except = default)
    {
        var taken = new RangeSet();
        lock (_gate)
        {
            foreach (var range in _written.Ranges)
                taken.Add(range);
        }

        taken.Add(except);
        return new RangePlan(Header!.Length, taken, connections, _sizes);
    }

    /// <summary>Starts from zero.</summary>
    /// <param name="shownAs">The path that errors name.</param>
    /// <param name="length">Bytes; null where the storage does not say.</param>
    /// <param name="validator">The storage's strong validator; null where it has none, and then an interrupted download cannot be resumed.</param>
    public void Begin(string shownAs, long? length, string? validator)
    {
        _shownAs = shownAs;
        FileSystemErrors.Guard(shownAs, () =>
        {
            Discard();
            _data = _disk.Open(_path, create: true, length ?? 0);
            if (length is { } known && validator is not null)
            {
                Header = new PartialHeader(_fileId, known, validator);
                _journal = _disk.Open(_journalPath, create: true);
                Append(PartialJournal.Begin(Header));
            }
        });
        _flushedAt = _time.GetTimestamp();
    }

    /// <exception cref="FileSaveException">The disk refused, now or at the last flush.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (Volatile.Read(ref _flushFailure) is { } failure)
                throw failure;

            _data!.Write(offset, bytes);
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            throw FileSystemErrors.Describe(_shownAs, failure);
        }

        lock (_gate)
        {
            _written.Add(new ByteRange(offset, offset + bytes.Length));
            if (_journal is null || !_flush.IsCompleted || _time.GetElapsedTime(_flushedAt) < _untilFlush)
                return;

            // A thread of its own: a disk that is slow to flush must not hold up the threads that read.
            _flush = Task.Factory.StartNew(Flush, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Ends when no flush is under way.</summary>
    public Task FlushedAsync()
    {
        lock (_gate)
            return _flush;
    }

    /// <summary>Reads all back that was written.</summary>
    public Stream OpenRead() => FileSystemErrors.Guard(_shownAs, () => _data!.OpenRead());

    /// <summary>Gives the whole file its final name.</summary>
    /// <exception cref="FileSaveException">A file of that name has come in the meantime, or the disk refused.</exception>
    public void Complete(string target, bool overwrite, DateTimeOffset? modifiedAt)
    {
        _flush.Wait();
        FileSystemErrors.Guard(target, () =>
        {
            Flush();
            if (_flushFailure is { } failure)
                throw failure;

            if (modifiedAt is { } time)
                _disk.SetModifiedAt(_path, time);

            if (!overwrite && _disk.FileExists(target))
                throw Exists(target);

            _disk.Rename(_path, _data!, target, overwrite);
            _data = null;
            Discard();
        });
    }

    /// <summary>Takes away what is there.</summary>
    public void Discard()
    {
        _flush.Wait();
        _disk.Delete(_path, _data);
        _data = null;
        _disk.Delete(_journalPath, _journal);
        _journal = null;
        _journalLength = 0;
        Header = null;
        ResumedBytes = 0;
        _written = new RangeSet();
        _recorded = [];
        _flushFailure = null;
    }

    public static FileSaveException Exists(string path) => new($"'{path}' exists already.", path, FileSaveFailure.Exists);

    /// <summary>Leaves what is worth going on with for the next time, and nothing else.</summary>
    public Task LeaveAsync()
    {
        if (_leaving is null && (_data is not null || _journal is not null))
            _leaving = Task.Factory.StartNew(Leave, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        return _leaving ?? Task.CompletedTask;
    }

    /// <summary>Leaves without waiting long for the disk; what has been flushed before holds in any case.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAny(LeaveAsync(), Task.Delay(PatienceAtStop));

    private void Leave()
    {
        try
        {
            _flush.Wait();
            if (Header is not null && _flushFailure is null)
                Flush();

            IsKept = Header is not null && _recorded.Sum(range => range.Length) >= _sizes.WorthKeeping;
            if (!IsKept)
                Discard();
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            // The failure that brought us here says more than one to clean up.
        }
        finally
        {
            _data?.Dispose();
            _journal?.Dispose();
        }
    }

    private bool TryResume()
    {
        if (_data is null || !_disk.FileExists(_journalPath))
            return false;

        _journal = _disk.Open(_journalPath, create: false);
        using var content = new MemoryStream();
        using (var reader = _journal.OpenRead())
            reader.CopyTo(content);

        var journal = content.ToArray();
        if (PartialJournal.Read(journal, _fileId) is not { } state || state.Finished.Bytes == 0 || _data.Length != state.Header.Length)
            return false;

        (Header, _written, ResumedBytes) = (state.Header, state.Finished, state.Finished.Bytes);
        _recorded = [.. _written.Ranges];
        _journalLength = journal.Length;
        if (journal[^1] != (byte)'\n')
            Append("\n"u8);

        _flushedAt = _time.GetTimestamp();
        return true;
    }

    private void Flush()
    {
        ByteRange[] written;
        lock (_gate)
        {
            written = [.. _written.Ranges];
            (_flushedAt, _untilFlush) = (_time.GetTimestamp(), TimeBetweenFlushes);
        }

        try
        {
            _data!.Flush();
            if (_journal is not null)
            {
                Append(PartialJournal.Lines(written.Where(range => !_recorded.Contains(range))));
                _recorded = [.. written];
            }
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            Volatile.Write(ref _flushFailure, failure);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _journal!.Write(_journalLength, bytes);
        _journalLength += bytes.Length;
    }
}
