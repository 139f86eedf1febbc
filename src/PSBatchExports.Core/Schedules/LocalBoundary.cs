namespace PSBatchExports.Schedules;

/// <summary>Converts local times of a zone to instants.</summary>
internal static class LocalBoundary
{
    /// <summary>
    /// The first instant at which the zone's clocks show a time or a later one. A time that a change of the clocks skips is the instant of
    /// the change; of a time that they show twice it is the first.
    /// </summary>
    public static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            return ChangeBefore(local, zone);

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    // The clocks skip this local time, so the change lies between the instants that it would be by the offsets before and after.
    private static DateTimeOffset ChangeBefore(DateTime local, TimeZoneInfo zone)
    {
        var asUtc = new DateTimeOffset(local, TimeSpan.Zero);
        var before = asUtc - zone.GetUtcOffset(asUtc.AddDays(1));
        var after = asUtc - zone.GetUtcOffset(asUtc.AddDays(-1));
        while (after - before > TimeSpan.FromMinutes(1))
        {
            var middle = before + TimeSpan.FromMinutes(Math.Floor((after - before).TotalMinutes / 2));
            if (TimeZoneInfo.ConvertTime(middle, zone).DateTime >= local)
                after = middle;
            else
                before = middle;
        }

        return after;
    }
}
