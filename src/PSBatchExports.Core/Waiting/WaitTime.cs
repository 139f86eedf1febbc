namespace PSBatchExports.Waiting;

/// <summary>The time that a wait may take, and the little more that it takes for a last look at each thing.</summary>
internal sealed class WaitTime : IDisposable
{
    /// <summary>How long the answer of a last look may take.</summary>
    public static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LastAnswerAboutOneThatHasEnded = TimeSpan.FromSeconds(10);

    // Two requests for each, as many as there are in the long run.
    private static readonly TimeSpan LastLooks = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastLooksAtEach = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly TimeSpan? _timeout;
    private readonly long _started;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _end;

    /// <param name="time">The clock.</param>
    /// <param name="timeout">The time; null for as long as it takes.</param>
    /// <param name="things">How many things are waited for.</param>
    /// <param name="stop">Ends the waiting.</param>
    public WaitTime(TimeProvider time, TimeSpan? timeout, int things, CancellationToken stop)
    {
        (_time, _timeout, _started) = (time, timeout, time.GetTimestamp());
        _limit = new CancellationTokenSource(timeout + Beyond(things) ?? Timeout.InfiniteTimeSpan, time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop, _limit.Token);
    }

    /// <summary>Ends everything: the last looks, too, have taken as long as they may.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether what is looked at now is looked at for the last time.</summary>
    public bool IsUp => Left <= TimeSpan.Zero;

    private TimeSpan Left => _timeout - _time.GetElapsedTime(_started) ?? TimeSpan.MaxValue;

    /// <summary>How long the last looks may take at the most.</summary>
    /// <param name="things">How many things are waited for.</param>
    public static TimeSpan Beyond(int things) => LastLooks + (LastLooksAtEach * things);

    /// <summary>Waits, but not longer than the time allows.</summary>
    public Task RestAsync(TimeSpan pause)
    {
        var left = Left;
        return pause < left ? Task.Delay(pause, _time, End) : left > TimeSpan.Zero ? Task.Delay(left, _time, End) : Task.CompletedTask;
    }

    /// <summary>Waits for an answer, but not much longer than the time allows.</summary>
    /// <param name="hasEnded">Whether it is about a thing that is known to have ended, for which there is more time.</param>
    /// <param name="ask">Asks.</param>
    public async Task<T> AnswerAsync<T>(bool hasEnded, Func<CancellationToken, Task<T>> ask)
    {
        if (_timeout is null)
            return await ask(End);

        var (left, last) = (Left, hasEnded ? LastAnswerAboutOneThatHasEnded : LastAnswer);
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left + last : last, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(End, limit.Token);
        return await ask(either.Token);
    }

    public void Dispose()
    {
        _end.Dispose();
        _limit.Dispose();
    }
}
