using System.Diagnostics;

namespace PSBatchExports.Async;

/// <summary>Lets progress through at most five times a second. Used from several threads.</summary>
/// <param name="quiet">For how long none is shown at first; what is over by then needs none.</param>
internal sealed class ProgressPace(TimeSpan quiet = default)
{
    private static readonly long Pause = Stopwatch.Frequency / 5;
    private long _next = Stopwatch.GetTimestamp() + (long)(quiet.TotalSeconds * Stopwatch.Frequency);

    public bool IsDue()
    {
        var (now, next) = (Stopwatch.GetTimestamp(), Volatile.Read(ref _next));
        return now >= next && Interlocked.CompareExchange(ref _next, now + Pause, next) == next;
    }
}
