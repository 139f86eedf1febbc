namespace PSBatchExports.Emulator.CommandLine;

/// <summary>A clock that is ahead of this machine's, or behind it.</summary>
internal sealed class ShiftedClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}
