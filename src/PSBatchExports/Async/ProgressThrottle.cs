using System.Diagnostics;

namespace PSBatchExports.Async;

/// <summary>Limits progress to five updates a second. Thread-safe.</summary>
/// <param name="initialDelay">The time before the first update, so that short operations show no progress.</param>
internal sealed class ProgressThrottle(TimeSpan initialDelay = default)
{
    private static readonly long MinInterval = Stopwatch.Frequency / 5;

    private long _next = Stopwatch.GetTimestamp() + (long)(initialDelay.TotalSeconds * Stopwatch.Frequency);

    public bool IsDue()
    {
        var (now, next) = (Stopwatch.GetTimestamp(), Volatile.Read(ref _next));
        return now >= next && Interlocked.CompareExchange(ref _next, now + MinInterval, next) == next;
    }
}
