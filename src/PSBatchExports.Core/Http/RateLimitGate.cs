using PSBatchExports.Time;

namespace PSBatchExports.Http;

/// <summary>
/// Holds back requests once one was throttled, so that they do not run into the limit one by one (docs/wire.md, section 4).
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RateLimitGate(TimeProvider time)
{
    // A timer may fire this much early.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(16);

    private readonly object _lock = new();
    private long _closedAt;
    private TimeSpan _closedFor;

    public bool IsClosed => RemainingNow() > TimeSpan.Zero;

    /// <summary>Closes the gate for this long, unless it is already closed for longer.</summary>
    public void Close(TimeSpan wait)
    {
        lock (_lock)
        {
            if (wait > Remaining())
                (_closedAt, _closedFor) = (time.GetTimestamp(), wait);
        }
    }

    /// <summary>Waits until the gate is open.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxWait">The maximum wait of its connection; zero for none.</param>
    /// <param name="observer">Is told of waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ThrottledException">The wait would be longer than the maximum; nothing was sent.</exception>
    public async ValueTask PassAsync(
        ApiRequest request, TimeSpan maxWait, IRequestObserver observer, CancellationToken cancellationToken)
    {
        while (RemainingNow() is { Ticks: > 0 } remaining)
        {
            var until = time.GetUtcNow().Shift(remaining);
            if (remaining > TimerResolution)
            {
                if (remaining > maxWait)
                {
                    const string message = "An earlier request with this key was throttled; this one was not sent.";
                    throw new ThrottledException(message, request.Failed, remaining, until);
                }

                observer.OnWait("Another request with this key was throttled.", remaining, until);
            }

            await Task.Delay(remaining, time, cancellationToken);
        }
    }

    private TimeSpan RemainingNow()
    {
        lock (_lock)
            return Remaining();
    }

    private TimeSpan Remaining() => _closedFor - time.GetElapsedTime(_closedAt);
}
