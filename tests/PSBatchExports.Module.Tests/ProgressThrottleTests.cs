using Microsoft.Extensions.Time.Testing;
using PSBatchExports.Async;
using Xunit;

namespace PSBatchExports.Module.Tests;

public sealed class ProgressThrottleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Five_updates_a_second_are_due()
    {
        var throttle = new ProgressThrottle(_time);
        var due = 0;
        for (var step = 0; step < 100; step++)
        {
            due += throttle.IsDue() ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(5, due);
    }

    [Fact]
    public void The_first_update_is_due_after_the_initial_delay()
    {
        var throttle = new ProgressThrottle(_time, TimeSpan.FromMinutes(1));

        Assert.False(throttle.IsDue());
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(throttle.IsDue());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(throttle.IsDue());
    }
}
