namespace PSBatchExports.Core.Tests;

/// <summary>A clock that is ahead of another one, or behind it, by a fixed offset.</summary>
internal sealed class ShiftedClock(TimeProvider clock, TimeSpan offset) : TimeProvider
{
    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + offset;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
