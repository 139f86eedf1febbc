namespace PSBatchExports.Time;

/// <summary>Arithmetic that does not overflow, for times from outside.</summary>
internal static class TimeBounds
{
    /// <summary>Adds a time span; the result is limited to the range of DateTimeOffset.</summary>
    public static DateTimeOffset Shift(this DateTimeOffset time, TimeSpan by)
    {
        if (by > DateTimeOffset.MaxValue - time)
            return DateTimeOffset.MaxValue;

        return by < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue : new DateTimeOffset(time.UtcTicks + by.Ticks, TimeSpan.Zero);
    }

    /// <summary>The longer of two time spans.</summary>
    public static TimeSpan OrLonger(this TimeSpan span, TimeSpan other) => span > other ? span : other;

    /// <summary>The shorter of two time spans.</summary>
    public static TimeSpan OrShorter(this TimeSpan span, TimeSpan other) => span < other ? span : other;
}
