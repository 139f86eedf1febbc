using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>
/// A file that is being downloaded: its bytes under a temporary name, and beside it a journal of the ranges that are on the disk. A range
/// is recorded only after it has been flushed, so the journal is right after a kill and after a power cut.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    // How long a download that is stopped waits for the disk.
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromMilliseconds(400);

    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly TransferSizes _sizes;
    private readonly string _path;
    private readonly string _fileId;
    private readonly FlushScheduler _flushes;
    private readonly JournalFile? _journal;
    private string _shownPath;
    private IDiskFile? _data;
    private Task _completion = Task.CompletedTask;
    private Task? _leaving;

    public PartialFile(IDisk disk, TimeProvider time, TransferSizes sizes, string path, string fileId, IDiskFile data, JournalFile? journal)
    {
        _disk = disk;
        _time = time;
        _sizes = sizes;
        _path = path;
        _fileId = fileId;
        _data = data;
        _journal = journal;
        _shownPath = path;
        _flushes = new FlushScheduler(time, Flush);
    }

    /// <summary>The file that this is a part of; null before <see cref="Begin"/>, and if it cannot be resumed.</summary>
    public PartialHeader? Header { get; private set; }

    /// <summary>The number of bytes that were already there when the file was claimed.</summary>
    public long ResumedBytes { get; private set; }

    /// <summary>The number of bytes that the next call need not fetch again; set by <see cref="LeaveAsync"/>.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Whether the file is written sequentially; then it has no journal and cannot be resumed.</summary>
    public bool IsSequential => _journal is null;

    /// <summary>Whether to delete everything on leaving.</summary>
    public bool IsWorthless { private get; set; }

    public WrittenRanges Written { get; } = new();

    /// <summary>The number of bytes written so far.</summary>
    public long Bytes => Written.Bytes;

    /// <summary>Continues an interrupted download.</summary>
    /// <returns>Whether there was one that can be continued.</returns>
    public bool TryResume()
    {
        if (_journal!.Resume(_data!.Length) is not { } state)
            return false;

        (Header, ResumedBytes) = (state.Header, state.Finished.Bytes);
        Written.Replace(state.Finished);
        _flushes.RestartInterval();
        return true;
    }

    /// <summary>Plans the ranges that are missing.</summary>
    /// <param name="connections">The maximum number of connections.</param>
    /// <param name="partBytes">No range crosses a multiple of this; null for no such limit.</param>
    /// <param name="except">A range that is in flight already.</param>
    public RangePlan Plan(int connections, long? partBytes, ByteRange except = default)
    {
        var taken = new RangeSet();
        foreach (var range in Written.ToArray())
            taken.Add(range);

        taken.Add(except);
        return new RangePlan(Header!.Length, taken, connections, _sizes, partBytes);
    }

    /// <summary>Starts from zero.</summary>
    /// <param name="shownPath">The path that errors name.</param>
    /// <param name="length">The file's length in bytes; null if the storage does not say.</param>
    /// <param name="validator">The storage's strong validator; null if it has none, and then the download cannot be resumed.</param>
    public void Begin(string shownPath, long? length, string? validator)
    {
        _shownPath = shownPath;
        FileSystemErrors.Guard(shownPath, () =>
        {
            Reset();
            _data!.SetLength(length ?? 0);
            if (length is { } known && validator is not null)
            {
                Header = new PartialHeader(_fileId, known, validator);
                _journal?.Create(Header);
            }
        });
        _flushes.RestartInterval();
    }

    /// <exception cref="FileSaveException">The disk failed, now or at the last flush.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (_flushes.Failure is { } failure)
                throw failure;

            _data!.Write(offset, bytes);
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure) && failure is not SequentialOnlyException)
        {
            throw FileSystemErrors.Describe(_shownPath, failure);
        }

        Written.Add(new ByteRange(offset, offset + bytes.Length));
        if (_journal is { IsOpen: true })
            _flushes.StartIfDue();
    }

    /// <summary>Starts a flush in the background unless one is running.</summary>
    public void BeginFlush()
    {
        if (_journal is { IsOpen: true })
            _flushes.Start();
    }

    /// <summary>Ends when no flush is running.</summary>
    public Task FlushedAsync() => _flushes.Current;

    /// <summary>Reads bytes that have been written.</summary>
    public int Read(long offset, Span<byte> bytes)
    {
        try
        {
            return _data!.Read(offset, bytes);
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            throw FileSystemErrors.Describe(_shownPath, failure);
        }
    }

    /// <summary>Opens the file to read it from the beginning.</summary>
    public Stream OpenRead() => FileSystemErrors.Guard(_shownPath, () => _data!.OpenRead());

    /// <summary>Gives the complete file its final name. Cancellation ends the wait, not the work.</summary>
    /// <returns>Whether the name will survive a power cut.</returns>
    /// <exception cref="FileSaveException">A file of that name has appeared in the meantime, or the disk failed.</exception>
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

    /// <summary>Empties the partial file and keeps its name locked.</summary>
    public void Reset()
    {
        _flushes.Wait();
        _data!.SetLength(0);
        _journal?.Delete();
        Header = null;
        ResumedBytes = 0;
        Written.Replace(new RangeSet());
        _flushes.ClearFailure();
    }

    /// <summary>Closes the file. Keeps what is worth resuming and deletes the rest.</summary>
    public Task LeaveAsync()
    {
        if (_leaving is null && (_data is not null || _journal is { IsOpen: true }))
            _leaving = Task.Factory.StartNew(Leave, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        return _leaving ?? Task.CompletedTask;
    }

    /// <summary>Leaves without waiting long for the disk. What has been flushed is kept in any case.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAny(LeaveAsync(), Task.Delay(DisposeTimeout, _time));

    private void Flush()
    {
        // Taken before the flush: bytes that are written during it may not be on the disk afterwards.
        var written = Written.ToArray();
        _data!.Flush();
        if (_journal is { IsOpen: true })
            _journal.Record(written);
    }

    private bool Complete(string target, bool overwrite, DateTimeOffset? modifiedAt)
    {
        _flushes.Wait();
        return FileSystemErrors.Guard(target, () =>
        {
            _flushes.Run();
            if (_flushes.Failure is { } failure)
                throw failure;

            // Some file systems cannot set a time, or not every time. The file is complete all the same.
            if (modifiedAt is { } time)
                Try(() => _data!.SetModifiedAt(time));

            var isNameDurable = RenameTo(target, overwrite);
            _data = null;
            Try(() => _journal?.Delete());
            return isNameDurable;
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
            throw FileSystemErrors.AlreadyExists(target);
        }
        catch (Exception refusal) when (FileSystemErrors.IsLimit(refusal) && !_disk.Exists(target))
        {
            throw new FileSaveException(
                $"'{target}' is complete but cannot get its name: the file system does not rename it ({refusal.Message}).",
                target,
                FileSaveFailure.MountLimit,
                refusal);
        }
    }

    private void Leave()
    {
        Try(_completion.Wait);
        try
        {
            _flushes.Wait();
            if (_data is null)
                return;

            if (_journal is { IsOpen: true } && _flushes.Failure is null && !IsWorthless)
                _flushes.Run();

            if (IsWorthKeeping())
            {
                KeptBytes = _journal!.RecordedBytes;
                return;
            }

            Try(() => _journal?.Delete());
            Try(() => _disk.Delete(_path, _data));
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            // The error that ended the download says more than one of the cleanup.
        }
        finally
        {
            _data?.Dispose();
            _journal?.Dispose();
        }
    }

    private bool IsWorthKeeping() =>
        !IsWorthless
        && _journal is { IsOpen: true }
        && _journal.RecordedBytes >= _sizes.MinKept
        && _disk.IsAt(_path, _data!)
        && _journal.IsInPlace;

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (IsIgnorable(failure))
        {
            // The file is complete, or its failure has been reported.
        }
    }

    private static bool IsIgnorable(Exception failure) =>
        FileSystemErrors.IsDiskFailure(failure) || failure is AggregateException or NotSupportedException or ArgumentException;
}
