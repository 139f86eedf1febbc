using PSBatchExports.Json;

namespace PSBatchExports.Http;

/// <summary>
/// What one request learnt from the rate limiter, for all requests of a connection: until the wait that the server named has passed, the others wait too,
/// instead of each running into the limit (docs/wire.md, section 4).
/// </summary>
/// <param name="time">The clock that waits go by.</param>
/// <param name="longestWait">The longest wait that a caller accepts; zero for none.</param>
internal sealed class RateLimitGate(TimeProvider time, TimeSpan longestWait)
{
    // A wait that ended by the timer may be short of its end by this much.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(16);

    private readonly object _lock = new();
    private long _closedAt;
    private TimeSpan _closedFor;

    /// <summary>Lets nothing pass for this long. A longer wait that was named before stays.</summary>
    public void Close(TimeSpan wait)
    {
        lock (_lock)
        {
            if (wait > Left())
                (_closedAt, _closedFor) = (time.GetTimestamp(), wait);
        }
    }

    /// <summary>Waits until the request may be sent.</summary>
    /// <exception cref="ThrottledException">That takes longer than the caller accepts; nothing is sent.</exception>
    public async ValueTask PassAsync(ApiRequest request, IRequestObserver observer, CancellationToken cancellationToken)
    {
        while (LeftNow() is { Ticks: > 0 } left)
        {
            var until = time.GetUtcNow().Shift(left);
            if (left > TimerResolution)
            {
                if (left > longestWait)
                    throw new ThrottledException("An earlier request over this connection was throttled; this one was not sent.", request.Failed, left, until);

                observer.OnWait("Another request over this connection was throttled.", left, until);
            }

            await Task.Delay(left, time, cancellationToken);
        }
    }

    private TimeSpan LeftNow()
    {
        lock (_lock)
            return Left();
    }

    private TimeSpan Left() => _closedFor - time.GetElapsedTime(_closedAt);
}
