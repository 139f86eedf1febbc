using System.Diagnostics;
using PSBatchExports.Async;
using Xunit;

namespace PSBatchExports.Module.Tests;

public sealed class ProgressThrottleTests
{
    [Fact]
    public void At_most_five_updates_a_second_are_due()
    {
        var throttle = new ProgressThrottle();
        var started = Stopwatch.GetTimestamp();
        var due = 0;
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500))
            due += throttle.IsDue() ? 1 : 0;

        Assert.InRange(due, 1, 1 + (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * 5));
    }

    [Fact]
    public void No_update_is_due_before_the_initial_delay() => Assert.False(new ProgressThrottle(TimeSpan.FromMinutes(1)).IsDue());
}
