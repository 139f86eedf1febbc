namespace PSBatchExports.Emulator.Data;

/// <summary>
/// Evenly spaced, numbered moments. Adjacent intervals neither share nor miss any.
/// </summary>
internal sealed record Occurrences(long First, long Count, int PerHour)
{
    public static Occurrences Between(DateTimeOffset start, DateTimeOffset end, int perHour)
    {
        var first = Number(start, perHour);
        return new Occurrences(first, Math.Max(0, Number(end, perHour) - first), perHour);
    }

    public DateTimeOffset TimeOf(long number) =>
        new((long)((Int128)number * TimeSpan.TicksPerHour / PerHour), TimeSpan.Zero);

    private static long Number(DateTimeOffset time, int perHour) =>
        (long)((((Int128)time.UtcTicks * perHour) + TimeSpan.TicksPerHour - 1) / TimeSpan.TicksPerHour);
}
