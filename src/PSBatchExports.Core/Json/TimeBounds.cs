namespace PSBatchExports.Json;

/// <summary>Arithmetic with times from outside, which may lie at either end of what a time can be.</summary>
internal static class TimeBounds
{
    /// <summary>Adds a span. What lies beyond the first or the last time there is becomes that time.</summary>
    public static DateTimeOffset Shift(this DateTimeOffset time, TimeSpan by)
    {
        if (by > DateTimeOffset.MaxValue - time)
            return DateTimeOffset.MaxValue;

        return by < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue : new DateTimeOffset(time.UtcTicks + by.Ticks, TimeSpan.Zero);
    }
}
