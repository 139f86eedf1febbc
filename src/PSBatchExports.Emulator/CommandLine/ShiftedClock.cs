namespace PSBatchExports.Emulator.CommandLine;

/// <summary>The system clock, shifted.</summary>
internal sealed class ShiftedClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}
