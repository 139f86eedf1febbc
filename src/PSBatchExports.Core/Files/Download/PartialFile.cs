using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

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
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromMilliseconds(400);

    private const string StateSuffix = ".state";

    private readonly object _gate = new();
    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly TransferSizes _sizes;
    private readonly string _path;
    private readonly string _journalPath;
    private readonly string _fileId;
    private readonly Action<string> _onPutAside;
    private readonly bool _isFrontToBack;
    private string _shownAs;
    private IDiskFile? _data;
    private IDiskFile? _journal;
    private long _journalLength;
    private RangeSet _written = new();
    private HashSet<ByteRange> _recorded = [];
    private long _flushedAt;
    private TimeSpan _untilFlush = TimeToFirstFlush;
    private Task _flush = Task.CompletedTask;
    private Task _completion = Task.CompletedTask;
    private Task? _leaving;
    private Exception? _flushFailure;
    private int _readersWaiting;
    private long _awaitedBytes = long.MaxValue;

    private PartialFile(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, string fileId, bool isFrontToBack, Action<string> onPutAside)
    {
        _onPutAside = onPutAside;
        _isFrontToBack = isFrontToBack;
        _disk = disk;
        _time = time;
        _sizes = sizes;
        _fileId = fileId;
        _path = PathOf(folder, fileId);
        _journalPath = _path + StateSuffix;
        _shownAs = _path;
    }

    /// <summary>What this is a part of; null before <see cref="Begin"/>, and where it cannot be resumed.</summary>
    public PartialHeader? Header { get; private set; }

    /// <summary>Bytes that an earlier, interrupted download left.</summary>
    public long ResumedBytes { get; private set; }

    /// <summary>Bytes that the next call for this file need not fetch again; known after <see cref="LeaveAsync"/>.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Whether the file system takes bytes from front to back only.</summary>
    public bool IsFrontToBack => _isFrontToBack;

    /// <summary>Whether nothing of it is of use to a later download.</summary>
    public bool IsWorthless { private get; set; }

    /// <summary>Bytes that are there.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _written.Bytes;
        }
    }

    /// <summary>
    /// Takes the partial file's name, so that no other command can save the file here, and what an interrupted download left under it.
    /// A state that is damaged or of something else counts as none.
    /// </summary>
    /// <exception cref="FileSaveException">Another command is saving the file here, or the disk refused.</exception>
    /// <exception cref="FrontToBackOnlyException">Files cannot be written in any order here; then nothing is left of this one.</exception>
    public static PartialFile Claim(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, string fileId, bool resume, Action<string> onPutAside)
    {
        var partial = new PartialFile(disk, time, sizes, folder, fileId, isFrontToBack: false, onPutAside);
        try
        {
            FileSystemErrors.Guard(partial._path, () =>
            {
                partial._data = disk.OpenExclusive(partial._path, create: true, onPutAside);
                if (!resume || !partial.TryResume())
                    partial.Reset();
            });
        }
        catch
        {
            partial._data?.Dispose();
            partial._journal?.Dispose();
            throw;
        }

        return partial;
    }

    /// <summary>
    /// As <see cref="Claim"/>, where files can be written from front to back only. Nothing is resumed there, and bytes cannot be read before all of them are
    /// there.
    /// </summary>
    /// <exception cref="FileSaveException">Another command is saving the file here, or the disk refused.</exception>
    public static PartialFile ClaimFrontToBack(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, string fileId, Action<string> onPutAside)
    {
        var partial = new PartialFile(disk, time, sizes, folder, fileId, isFrontToBack: true, onPutAside);
        partial._data = FileSystemErrors.Guard(partial._path, () => disk.CreateFrontToBack(partial._path, onPutAside));
        return partial;
    }

    /// <summary>Removes what an interrupted download left, unless another command is using it.</summary>
    public static void RemoveLeftovers(IDisk disk, string folder, string fileId, Action<string> onPutAside)
    {
        var path = PathOf(folder, fileId);
        foreach (var name in (string[])[path, path + StateSuffix])
        {
            try
            {
                if (disk.OpenExclusive(name, create: false, onPutAside) is { } file)
                    disk.Delete(name, file);
            }
            catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
            {
                // It belongs to somebody else now, or stays; the file itself is complete.
            }
        }
    }

    /// <summary>What is missing, for as many connections.</summary>
    /// <param name="connections">How many there may be.</param>
    /// <param name="partBytes">The size of parts across whose borders no range goes; null for none.</param>
    /// <param name="except">What somebody is fetching already.</param>
    public RangePlan Plan(int connections, long? partBytes, ByteRange except = default)
    {
        var taken = new RangeSet();
        lock (_gate)
        {
            foreach (var range in _written.Ranges)
                taken.Add(range);
        }

        taken.Add(except);
        return new RangePlan(Header!.Length, taken, connections, _sizes, partBytes);
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
            Reset();
            _data!.SetLength(length ?? 0);
            if (length is { } known && validator is not null)
            {
                Header = new PartialHeader(_fileId, known, validator);
                if (_isFrontToBack)
                    return;

                _journal = _disk.OpenExclusive(_journalPath, create: true, _onPutAside);
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
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure) && failure is not FrontToBackOnlyException)
        {
            throw FileSystemErrors.Describe(_shownAs, failure);
        }

        lock (_gate)
        {
            _written.Add(new ByteRange(offset, offset + bytes.Length));
            if (_readersWaiting > 0 || (_awaitedBytes < long.MaxValue && _written.Bytes >= _awaitedBytes))
                Monitor.PulseAll(_gate);

            if (_time.GetElapsedTime(_flushedAt) >= _untilFlush)
                BeginFlush();
        }
    }

    /// <summary>Begins to flush, if that is not under way.</summary>
    public void BeginFlush()
    {
        lock (_gate)
        {
            // A thread of its own: a disk that is slow to flush must not hold up the threads that read.
            if (_journal is not null && _flush.IsCompleted)
                _flush = Task.Factory.StartNew(Flush, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Ends when no flush is under way.</summary>
    public Task FlushedAsync()
    {
        lock (_gate)
            return _flush;
    }

    /// <summary>Where the bytes end that are there from an offset on; the offset itself where there are none.</summary>
    public long EndFrom(long offset)
    {
        lock (_gate)
            return _written.EndFrom(offset);
    }

    /// <summary>Waits until there are so many bytes from an offset on.</summary>
    /// <returns>Where the bytes end that are there.</returns>
    public long WaitForBytes(long offset, long count, CancellationToken cancellationToken)
    {
        using var stopping = cancellationToken.UnsafeRegister(static partial => ((PartialFile)partial!).WakeReaders(), this);
        lock (_gate)
        {
            _readersWaiting++;
            try
            {
                long end;
                while ((end = _written.EndFrom(offset)) < offset + count)
                    WaitForWrite(cancellationToken);

                return end;
            }
            finally
            {
                _readersWaiting--;
            }
        }
    }

    /// <summary>Waits until there are so many more bytes than those that were seen before, wherever in the file.</summary>
    /// <returns>How many there are.</returns>
    public long WaitForGrowth(long seen, long count, CancellationToken cancellationToken)
    {
        using var stopping = cancellationToken.UnsafeRegister(static partial => ((PartialFile)partial!).WakeReaders(), this);
        lock (_gate)
        {
            _awaitedBytes = seen + count;
            while (_written.Bytes < _awaitedBytes)
                WaitForWrite(cancellationToken);

            _awaitedBytes = long.MaxValue;
            return _written.Bytes;
        }
    }

    /// <summary>Reads bytes back that are there.</summary>
    public int Read(long offset, Span<byte> bytes)
    {
        try
        {
            return _data!.Read(offset, bytes);
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            throw FileSystemErrors.Describe(_shownAs, failure);
        }
    }

    /// <summary>Reads all back that was written.</summary>
    public Stream OpenRead() => FileSystemErrors.Guard(_shownAs, () => _data!.OpenRead());

    /// <summary>Gives the complete file its final name. Once begun, that goes on even if the caller stops waiting for a slow disk.</summary>
    /// <returns>Whether the name is sure to outlive a power cut.</returns>
    /// <exception cref="FileSaveException">A file of that name has appeared in the meantime, or the disk refused.</exception>
    public Task<bool> CompleteAsync(string target, bool overwrite, DateTimeOffset? modifiedAt, CancellationToken cancellationToken)
    {
        var completion = Task.Factory.StartNew(
            () => Complete(target, overwrite, modifiedAt),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        _completion = completion;
        return completion.WaitAsync(cancellationToken);
    }

    /// <summary>Empties the partial file, whose name stays taken.</summary>
    public void Reset()
    {
        _flush.Wait();
        _data!.SetLength(0);
        RemoveJournal();
        Header = null;
        ResumedBytes = 0;
        _written = new RangeSet();
        _recorded = [];
        _flushFailure = null;
    }

    public static FileSaveException Exists(string path) => new($"'{path}' exists already.", path, FileSaveFailure.Exists);

    /// <summary>Keeps what is worth resuming, and removes the rest.</summary>
    public Task LeaveAsync()
    {
        if (_leaving is null && (_data is not null || _journal is not null))
            _leaving = Task.Factory.StartNew(Leave, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        return _leaving ?? Task.CompletedTask;
    }

    /// <summary>Leaves without waiting long for the disk; what has been flushed before holds in any case.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAny(LeaveAsync(), Task.Delay(PatienceAtStop));

    private static string PathOf(string folder, string fileId) => Path.Combine(folder, $".{fileId}.partial");

    private bool Complete(string target, bool overwrite, DateTimeOffset? modifiedAt)
    {
        _flush.Wait();
        return FileSystemErrors.Guard(target, () =>
        {
            Flush();
            if (_flushFailure is { } failure)
                throw failure;

            // Some file systems cannot set a time, or not every time. The file is complete all the same.
            if (modifiedAt is { } time)
                Try(() => _data!.SetModifiedAt(time));

            var isNameSafe = RenameTo(target, overwrite);
            _data = null;
            Try(RemoveJournal);
            return isNameSafe;
        });
    }

    private bool RenameTo(string target, bool overwrite)
    {
        try
        {
            return _disk.Rename(_path, _data!, target, overwrite);
        }
        catch (TargetExistsException)
        {
            throw Exists(target);
        }
        catch (Exception refusal) when (FileSystemErrors.IsLimit(refusal) && !_disk.Exists(target))
        {
            throw new FileSaveException($"'{target}' is complete but cannot get its name: the file system does not rename it ({refusal.Message}).", target, FileSaveFailure.MountLimit, refusal);
        }
    }

    private void Leave()
    {
        Try(_completion.Wait);
        try
        {
            _flush.Wait();
            if (_data is null)
                return;

            if (_journal is not null && _flushFailure is null && !IsWorthless)
                Flush();

            var kept = _recorded.Sum(range => range.Length);
            if (!IsWorthless && kept >= _sizes.WorthKeeping && _journal is not null && _disk.IsAt(_path, _data) && _disk.IsAt(_journalPath, _journal))
            {
                KeptBytes = kept;
                return;
            }

            Try(RemoveJournal);
            Try(() => _disk.Delete(_path, _data));
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            // The failure that ended the download says more than one to clean up.
        }
        finally
        {
            _data?.Dispose();
            _journal?.Dispose();
        }
    }

    private void WaitForWrite(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Monitor.Wait(_gate);
    }

    private void WakeReaders()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void RemoveJournal()
    {
        if (_isFrontToBack)
            return;

        _journal ??= _disk.OpenExclusive(_journalPath, create: false, _onPutAside);
        if (_journal is not null)
            _disk.Delete(_journalPath, _journal);

        _journal = null;
        _journalLength = 0;
    }

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure) || failure is AggregateException or NotSupportedException or ArgumentException)
        {
            // What counts has been done, or has failed and been reported.
        }
    }

    private bool TryResume()
    {
        _journal = _disk.OpenExclusive(_journalPath, create: false, _onPutAside);
        if (_journal is null)
            return false;

        using var content = new MemoryStream();
        using (var reader = _journal.OpenRead())
            reader.CopyTo(content);

        var journal = content.ToArray();
        if (PartialJournal.Read(journal, _fileId) is not { } state || state.Finished.Bytes == 0 || _data!.Length != state.Header.Length)
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
