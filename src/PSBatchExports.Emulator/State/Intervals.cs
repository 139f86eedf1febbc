namespace PSBatchExports.Emulator.State;

/// <summary>The intervals of scheduled exports and where they begin.</summary>
internal static class Intervals
{
    public static readonly string[] All = ["hour", "day", "week", "every 5 minutes", "every 15 minutes"];

    /// <summary>1970-01-04 was a Sunday, the first day of the service's week.</summary>
    private static readonly DateTime FirstSunday = new(1970, 1, 4, 0, 0, 0, DateTimeKind.Unspecified);

    public static bool IsBelowOneHour(string interval) => interval.StartsWith("every", StringComparison.Ordinal);

    public static TimeSpan LengthOf(string interval) => interval switch
    {
        "day" => TimeSpan.FromDays(1),
        "week" => TimeSpan.FromDays(7),
        "every 5 minutes" => TimeSpan.FromMinutes(5),
        "every 15 minutes" => TimeSpan.FromMinutes(15),
        _ => TimeSpan.FromHours(1),
    };

    /// <summary>The last end of an interval at or before a time.</summary>
    public static DateTimeOffset LatestBoundary(StoredExport export, DateTimeOffset time)
    {
        var length = LengthOf(export.Interval);
        if (length < TimeSpan.FromDays(1))
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % length.Ticks), TimeSpan.Zero);

        var zone = TimeZoneInfo.FindSystemTimeZoneById(export.TimeZone);
        var origin = FirstSunday.AddHours(export.OffsetHours);
        var sinceOrigin = TimeZoneInfo.ConvertTime(time, zone).DateTime - origin;
        return ToUtc(origin + (length * Math.Floor(sinceOrigin / length)), zone);
    }

    /// <summary>The instant of a local time; one that a change of the clocks skips moves on by the gap.</summary>
    public static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
