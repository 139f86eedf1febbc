using System.Diagnostics;
using PSBatchExports.Async;
using Xunit;

namespace PSBatchExports.Module.Tests;

public sealed class ProgressThrottleTests
{
    [Fact]
    public void At_most_five_updates_a_second_are_due()
    {
        var pace = new ProgressThrottle();
        var started = Stopwatch.GetTimestamp();
        var due = 0;
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(500))
            due += pace.IsDue() ? 1 : 0;

        Assert.InRange(due, 1, 1 + (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * 5));
    }

    [Fact]
    public void None_is_due_while_it_is_quiet() => Assert.False(new ProgressThrottle(TimeSpan.FromMinutes(1)).IsDue());
}
