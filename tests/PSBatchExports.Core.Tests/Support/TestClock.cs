using Microsoft.Extensions.Time.Testing;

namespace PSBatchExports.Core.Tests;

/// <summary>A clock that only moves when told to. It can skip the waits that a client announces.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly object _gate = new();
    private readonly List<TimeSpan> _timers = [];
    private readonly List<TimeSpan> _toSkip = [];

    public TestClock() : base(new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>The number of timers with this due time so far.</summary>
    public int TimersOf(TimeSpan dueTime)
    {
        lock (_gate)
            return _timers.Count(timer => timer == dueTime);
    }

    /// <summary>Advances by this wait as soon as a timer is created for it.</summary>
    public void Skip(TimeSpan wait)
    {
        if (wait < TimerResolution)
            return;

        lock (_gate)
            _toSkip.Add(wait);
    }

    /// <summary>Advances to the next whole second, because dates in headers have no fractions.</summary>
    public void GoToWholeSecond() =>
        Advance(TimeSpan.FromTicks((TimeSpan.TicksPerSecond - (GetUtcNow().Ticks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond));

    /// <summary>Advances step by step until the work has ended.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> work, TimeSpan step)
    {
        while (await Task.WhenAny(work, Task.Delay(10)) != work)
            Advance(step);

        return await work;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (Take(dueTime) is { } wait)
            _ = Task.Run(() => Advance(wait));

        return timer;
    }

    private TimeSpan? Take(TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Add(dueTime);
            var index = _toSkip.FindIndex(wait => (wait - dueTime).Duration() <= TimerResolution);
            if (index < 0)
                return null;

            var wait = _toSkip[index];
            _toSkip.RemoveAt(index);
            return wait;
        }
    }
}
