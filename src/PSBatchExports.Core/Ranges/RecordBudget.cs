namespace PSBatchExports.Ranges;

/// <summary>Counts the rows that the runs of a call export, and refuses runs that would exceed the limit.</summary>
/// <param name="limit">The limit; null for none.</param>
/// <param name="ratePerHour">The rows to expect an hour of data; null if unknown.</param>
internal sealed class RecordBudget(long? limit, double? ratePerHour) : IDisposable
{
    private readonly object _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<DateTimeOffset, double?> _inProgress = [];
    private TaskCompletionSource _changed = New();
    private (long Records, double Hours) _seen;
    private double _uncounted;
    private bool _isExhausted;

    /// <summary>The rows that the runs of this call have exported, as far as the service says.</summary>
    public long Spent { get; private set; }

    // Time without rows says nothing about the rest; and if there are more rows than before, there may be more still.
    private double? Rate
    {
        get
        {
            double? seen = _seen is { Records: > 0, Hours: > 0 } ? _seen.Records / _seen.Hours : null;
            return ratePerHour > 0 && !(seen > ratePerHour) ? ratePerHour : seen;
        }
    }

    /// <summary>Reserves the rows of a window. While nothing is known of the rows to expect, one window at a time.</summary>
    /// <param name="window">The window.</param>
    /// <param name="onRefused">Is called before the next window has its turn.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it is expected to exceed the limit.</returns>
    public async Task<bool> TryReserveAsync(BatchExportLedgerEntry window, Action onRefused, CancellationToken cancellationToken)
    {
        // Windows that wait keep their order.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var (isReserved, change) = TryReserve(window);
                if (isReserved == false)
                    onRefused();

                if (isReserved is { } result)
                    return result;

                await change.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes what the run of a window has exported, unless the call has not reserved for it, or knows already.</summary>
    /// <param name="window">The window.</param>
    /// <param name="records">The number of rows; null if it is unknown. Then it counts as expected.</param>
    public void Settle(BatchExportLedgerEntry window, long? records)
    {
        lock (_gate)
        {
            if (!_inProgress.Remove(window.Start, out var expected))
                return;

            if (records is { } count)
            {
                Spent += count;
                _seen = (_seen.Records + count, _seen.Hours + (window.End - window.Start).TotalHours);
            }
            else
            {
                _uncounted += expected ?? 0;
                _isExhausted |= expected is null;
            }

            Notify();
        }
    }

    /// <summary>Gives back what was reserved for a window that exported nothing.</summary>
    public void Release(BatchExportLedgerEntry window)
    {
        lock (_gate)
        {
            if (_inProgress.Remove(window.Start))
                Notify();
        }
    }

    public void Dispose() => _turn.Dispose();

    // Null while it cannot be told; then the task completes with the next change.
    private (bool? IsReserved, Task Change) TryReserve(BatchExportLedgerEntry window)
    {
        lock (_gate)
        {
            var expected = Rate * (window.End - window.Start).TotalHours;
            var canTell = limit is null || expected is not null || _inProgress.Count == 0 || _isExhausted;
            return (canTell ? TryReserve(window, expected) : (bool?)null, _changed.Task);
        }
    }

    private bool TryReserve(BatchExportLedgerEntry window, double? expected)
    {
        var reserved = _inProgress.Values.Sum(rows => rows ?? 0);
        var spent = Spent + _uncounted;
        if (limit is not null && (_isExhausted || spent >= limit || spent + reserved + (expected ?? 0) > limit))
            return false;

        _inProgress[window.Start] = expected;
        return true;
    }

    private void Notify()
    {
        _changed.TrySetResult();
        _changed = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
