namespace PSBatchExports.Waiting;

/// <summary>
/// Gives the requests of one call their turns, so that the call stays within the service's rate limit however much it asks about: four a second,
/// and one a second once four a second have been sent for five minutes (docs/wire.md, section 4). What was longest not looked at goes first.
/// </summary>
/// <param name="time">The clock that the pace goes by.</param>
/// <param name="stop">Ends the giving of turns.</param>
internal sealed class RequestPace(TimeProvider time, CancellationToken stop)
{
    /// <summary>How many requests there are in a second.</summary>
    public const int MaxPerSecond = 4;

    /// <summary>How many requests there are at the full pace before it comes down.</summary>
    public const int MaxAtFullPace = 1_200;

    /// <summary>The time between two requests: a little more than their number asks for, so that they do not arrive as five in a second.</summary>
    public static readonly TimeSpan BetweenRequests = (TimeSpan.FromSeconds(1) / MaxPerSecond) + TimeSpan.FromMilliseconds(10);

    // In an hour these are 4,500 requests at most: 900, and one in each second.
    private static readonly TimeSpan BetweenRequestsInTheLongRun = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Store = BetweenRequestsInTheLongRun * MaxAtFullPace * (MaxPerSecond - 1) / MaxPerSecond;
    private const int MaxAtOnce = 8;

    private readonly object _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (DateTimeOffset LookedAt, long Number)> _waiting = new();
    private readonly long _started = time.GetTimestamp();
    private long _number;
    private int _underWay;
    private bool _isGiving;

    // Both count from the start: when the next request may be sent, and how far into the future the requests so far reach at one a second.
    private TimeSpan _next;
    private TimeSpan _reach;

    /// <summary>Waits for a turn, and sends one request.</summary>
    /// <param name="lookedAt">When the thing was last looked at; the least time for what goes first.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="cancellationToken">Ends the waiting; the request sees to itself.</param>
    public async Task<T> SendAsync<T>(DateTimeOffset lookedAt, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        await TurnAsync(lookedAt, cancellationToken);
        try
        {
            return await send();
        }
        finally
        {
            Return();
        }
    }

    private async Task TurnAsync(DateTimeOffset lookedAt, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource();
        using var cancelled = cancellationToken.UnsafeRegister((_, token) => turn.TrySetCanceled(token), null);
        lock (_gate)
            _waiting.Enqueue(turn, (lookedAt, _number++));

        WakeGiver();
        await turn.Task;
    }

    private void Return()
    {
        lock (_gate)
            _underWay--;

        WakeGiver();
    }

    private void WakeGiver()
    {
        lock (_gate)
        {
            if (_isGiving)
                return;

            _isGiving = true;
        }

        _ = GiveAsync();
    }

    // Who is next is decided when the turn comes, not before. What a turn sets off runs until it waits for something.
    private async Task GiveAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            if (_next - time.GetElapsedTime(_started) is { Ticks: > 0 } left)
                await Task.Delay(left, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (Next() is not { } turn)
                return;
            else if (!turn.TrySetResult())
                Return();
        }
    }

    private TaskCompletionSource? Next()
    {
        lock (_gate)
        {
            while (_underWay < MaxAtOnce && _waiting.TryDequeue(out var turn, out _))
            {
                if (turn.Task.IsCompleted)
                    continue;

                Count();
                _underWay++;
                return turn;
            }

            _isGiving = false;
            return null;
        }
    }

    private void Count()
    {
        var now = time.GetElapsedTime(_started);
        _reach = (_reach > now ? _reach : now) + BetweenRequestsInTheLongRun;
        var full = _reach - Store;
        _next = now + BetweenRequests > full ? now + BetweenRequests : full;
    }
}
