namespace PSBatchExports.Waiting;

/// <summary>
/// Keeps the requests of one call within the service's rate limit: four a second, and one a second after five minutes at that rate
/// (docs/wire.md, section 4). The item that was polled the longest ago goes first.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="stop">Stops the dispatching.</param>
internal sealed class RequestPace(TimeProvider time, CancellationToken stop)
{
    /// <summary>The maximum number of requests in a second.</summary>
    public const int MaxPerSecond = 4;

    /// <summary>The maximum number of requests at the full rate before it drops to the sustained rate.</summary>
    public const int MaxBurst = 1_200;

    /// <summary>The minimum time between two requests. With the margin, no five of them arrive within a second.</summary>
    public static readonly TimeSpan MinInterval = (TimeSpan.FromSeconds(1) / MaxPerSecond) + TimeSpan.FromMilliseconds(10);

    private const int MaxInFlight = 8;

    // At most 4,500 requests in an hour: 900, and one in each second.
    private static readonly TimeSpan SustainedInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BurstAllowance = SustainedInterval * MaxBurst * (MaxPerSecond - 1) / MaxPerSecond;

    private readonly object _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (DateTimeOffset LookedAt, long Number)> _waiting = new();
    private readonly long _started = time.GetTimestamp();
    private long _number;
    private int _inFlight;
    private bool _isDispatching;

    // Both are relative to the start: when the next request may be sent, and when all requests so far would have been sent at the sustained
    // rate.
    private TimeSpan _next;
    private TimeSpan _sustained;

    /// <summary>Waits for its turn and sends one request.</summary>
    /// <param name="lookedAt">When the item was last polled; the minimum value to go first.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="cancellationToken">Cancels the wait for the turn, not the request.</param>
    public async Task<T> SendAsync<T>(DateTimeOffset lookedAt, Func<Task<T>> send, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(lookedAt, cancellationToken);
        try
        {
            return await send();
        }
        finally
        {
            Release();
        }
    }

    private async Task WaitForTurnAsync(DateTimeOffset lookedAt, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource();
        using var cancelled = cancellationToken.UnsafeRegister((_, token) => turn.TrySetCanceled(token), null);
        lock (_gate)
            _waiting.Enqueue(turn, (lookedAt, _number++));

        StartDispatching();
        await turn.Task;
    }

    private void Release()
    {
        lock (_gate)
            _inFlight--;

        StartDispatching();
    }

    private void StartDispatching()
    {
        lock (_gate)
        {
            if (_isDispatching)
                return;

            _isDispatching = true;
        }

        _ = DispatchAsync();
    }

    // The next request is chosen when its turn comes, not earlier. Its continuation runs here until it first waits.
    private async Task DispatchAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            if (_next - time.GetElapsedTime(_started) is { Ticks: > 0 } pause)
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (Next() is not { } turn)
                return;
            else if (!turn.TrySetResult())
                Release();
        }
    }

    private TaskCompletionSource? Next()
    {
        lock (_gate)
        {
            while (_inFlight < MaxInFlight && _waiting.TryDequeue(out var turn, out _))
            {
                if (turn.Task.IsCompleted)
                    continue;

                ScheduleNext();
                _inFlight++;
                return turn;
            }

            _isDispatching = false;
            return null;
        }
    }

    private void ScheduleNext()
    {
        var now = time.GetElapsedTime(_started);
        _sustained = (_sustained > now ? _sustained : now) + SustainedInterval;
        var afterBurst = _sustained - BurstAllowance;
        var soonest = now + MinInterval;
        _next = soonest > afterBurst ? soonest : afterBurst;
    }
}
