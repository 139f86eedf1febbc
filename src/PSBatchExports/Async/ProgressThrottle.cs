namespace PSBatchExports.Async;

/// <summary>Limits progress to five updates a second. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="initialDelay">The time before the first update, so that short operations show no progress.</param>
internal sealed class ProgressThrottle(TimeProvider time, TimeSpan initialDelay = default)
{
    private readonly long _minInterval = time.TimestampFrequency / 5;

    private long _next = time.GetTimestamp() + (long)(initialDelay.TotalSeconds * time.TimestampFrequency);

    public bool IsDue()
    {
        var (now, next) = (time.GetTimestamp(), Volatile.Read(ref _next));
        return now >= next && Interlocked.CompareExchange(ref _next, now + _minInterval, next) == next;
    }
}
