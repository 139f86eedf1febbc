using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>The ranges of a file that have been written so far. Readers can wait for more. Thread-safe.</summary>
internal sealed class WrittenRanges
{
    private readonly object _gate = new();
    private RangeSet _ranges = new();
    private int _waitingReaders;
    private long _awaitedTotal = long.MaxValue;

    /// <summary>The number of bytes, over all ranges.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _ranges.Bytes;
        }
    }

    public ByteRange[] ToArray()
    {
        lock (_gate)
            return [.. _ranges.Ranges];
    }

    public void Add(ByteRange range)
    {
        lock (_gate)
        {
            _ranges.Add(range);
            if (_waitingReaders > 0 || (_awaitedTotal < long.MaxValue && _ranges.Bytes >= _awaitedTotal))
                Monitor.PulseAll(_gate);
        }
    }

    public void Replace(RangeSet ranges)
    {
        lock (_gate)
            _ranges = ranges;
    }

    /// <summary>The end of the range that contains an offset; the offset itself if none does.</summary>
    public long EndFrom(long offset)
    {
        lock (_gate)
            return _ranges.EndFrom(offset);
    }

    /// <summary>Blocks until <paramref name="count"/> bytes from an offset on have been written.</summary>
    /// <returns>The end of the range that contains the offset.</returns>
    public long WaitForBytes(long offset, long count, CancellationToken cancellationToken)
    {
        using var wakeUp = WakeUpOn(cancellationToken);
        lock (_gate)
        {
            _waitingReaders++;
            try
            {
                long end;
                while ((end = _ranges.EndFrom(offset)) < offset + count)
                    WaitForWrite(cancellationToken);

                return end;
            }
            finally
            {
                _waitingReaders--;
            }
        }
    }

    /// <summary>
    /// Blocks until the total has reached <paramref name="total"/> bytes, wherever in the file. Only one thread may wait for a total.
    /// </summary>
    /// <returns>The total.</returns>
    public long WaitForTotal(long total, CancellationToken cancellationToken)
    {
        using var wakeUp = WakeUpOn(cancellationToken);
        lock (_gate)
        {
            _awaitedTotal = total;
            while (_ranges.Bytes < _awaitedTotal)
                WaitForWrite(cancellationToken);

            _awaitedTotal = long.MaxValue;
            return _ranges.Bytes;
        }
    }

    private void WaitForWrite(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Monitor.Wait(_gate);
    }

    private CancellationTokenRegistration WakeUpOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static ranges => ((WrittenRanges)ranges!).WakeReaders(), this);

    private void WakeReaders()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
