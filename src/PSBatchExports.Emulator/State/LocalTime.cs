namespace PSBatchExports.Emulator.State;

/// <summary>Converts local times of a time zone.</summary>
internal static class LocalTime
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);

    /// <summary>The instant of a local time: the first of two, and for a skipped time the instant at the offset before the gap.</summary>
    public static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsAmbiguousTime(local))
            return new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max()).ToUniversalTime();

        var valid = local;
        while (zone.IsInvalidTime(valid))
            valid -= Step;
        return new DateTimeOffset(local, zone.GetUtcOffset(valid)).ToUniversalTime();
    }
}
