using PSBatchExports.Files.Disk;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Flushes a file in the background, one flush at a time and at most once a second. A failed flush is kept in <see cref="Failure"/>, so
/// that the next write can report it.
/// </summary>
internal sealed class FlushScheduler(TimeProvider time, Action flush)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    // Earlier than the others: the disk is busy during a short download, not only after it (bench/README.md).
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(400);

    private readonly object _gate = new();
    private long _startedAt;
    private TimeSpan _interval = FirstInterval;
    private Task _current = Task.CompletedTask;
    private Exception? _failure;

    /// <summary>The error of the last flush that failed; null for none.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Ends when no flush is running.</summary>
    public Task Current
    {
        get
        {
            lock (_gate)
                return _current;
        }
    }

    /// <summary>Counts the interval to the next flush from now.</summary>
    public void RestartInterval()
    {
        lock (_gate)
            _startedAt = time.GetTimestamp();
    }

    public void StartIfDue()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_startedAt) >= _interval)
                Start();
        }
    }

    /// <summary>Starts a flush unless one is running.</summary>
    public void Start()
    {
        lock (_gate)
        {
            // Not on the thread pool: a disk that flushes slowly must not block the threads that read from the network.
            if (_current.IsCompleted)
                _current = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Blocks until no flush is running.</summary>
    public void Wait() => Current.Wait();

    /// <summary>Flushes on the calling thread.</summary>
    public void Run()
    {
        lock (_gate)
            (_startedAt, _interval) = (time.GetTimestamp(), MinInterval);

        try
        {
            flush();
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            Volatile.Write(ref _failure, failure);
        }
    }

    public void ClearFailure() => Volatile.Write(ref _failure, null);
}
