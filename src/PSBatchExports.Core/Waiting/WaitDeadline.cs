namespace PSBatchExports.Waiting;

/// <summary>How long a wait may take, and the grace period after that for a last poll of each item.</summary>
internal sealed class WaitDeadline : IDisposable
{
    /// <summary>How long the answer of a last poll may take.</summary>
    public static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LastAnswerForEnded = TimeSpan.FromSeconds(10);

    // Two requests for each item, at the sustained rate.
    private static readonly TimeSpan MinGracePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GracePeriodPerItem = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly TimeSpan? _timeout;
    private readonly long _started;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _end;

    /// <param name="time">The clock.</param>
    /// <param name="timeout">The time to wait; null for no limit.</param>
    /// <param name="itemCount">How many items are waited for.</param>
    /// <param name="stop">Cancels the wait.</param>
    public WaitDeadline(TimeProvider time, TimeSpan? timeout, int itemCount, CancellationToken stop)
    {
        _time = time;
        _timeout = timeout;
        _started = time.GetTimestamp();
        _limit = new CancellationTokenSource(timeout + GracePeriod(itemCount) ?? Timeout.InfiniteTimeSpan, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop, _limit.Token);
    }

    /// <summary>Cancelled when the grace period is over, or the wait is cancelled.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether the time is up, so that every poll is the last one of its item.</summary>
    public bool HasPassed => Remaining <= TimeSpan.Zero;

    private TimeSpan Remaining => _timeout - _time.GetElapsedTime(_started) ?? TimeSpan.MaxValue;

    /// <summary>The maximum time that the last polls may take.</summary>
    /// <param name="itemCount">How many items are waited for.</param>
    public static TimeSpan GracePeriod(int itemCount) => MinGracePeriod + (GracePeriodPerItem * itemCount);

    /// <summary>Pauses, but not beyond the deadline.</summary>
    public Task PauseAsync(TimeSpan pause)
    {
        var remaining = Remaining;
        if (remaining <= TimeSpan.Zero)
            return Task.CompletedTask;

        return Task.Delay(pause < remaining ? pause : remaining, _time, End);
    }

    /// <summary>Waits for an answer, but not much longer than the deadline.</summary>
    /// <param name="hasEnded">Whether the item is known to have ended; then its answer may take longer.</param>
    /// <param name="ask">Sends the request.</param>
    public async Task<T> WithDeadlineAsync<T>(bool hasEnded, Func<CancellationToken, Task<T>> ask)
    {
        if (_timeout is null)
            return await ask(End);

        var (remaining, last) = (Remaining, hasEnded ? LastAnswerForEnded : LastAnswer);
        using var limit = new CancellationTokenSource(remaining > TimeSpan.Zero ? remaining + last : last, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(End, limit.Token);
        return await ask(either.Token);
    }

    public void Dispose()
    {
        _end.Dispose();
        _limit.Dispose();
    }
}
