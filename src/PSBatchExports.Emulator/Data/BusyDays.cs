namespace PSBatchExports.Emulator.Data;

/// <summary>Days on which more happens than one run can upload. They depend on the seed alone.</summary>
internal static class BusyDays
{
    private static readonly TimeSpan MaxPart = TimeSpan.FromHours(12);

    /// <summary>Whether an interval has more than half of a busy day.</summary>
    public static bool Exceed(EmulatorOptions options, OnDemandSpecification specification)
    {
        if (options.BusyDays == 0 || specification is not { Start: { } start, End: { } end })
            return false;

        for (var day = Floor(start); day < end; day = day.AddDays(1))
        {
            var part = Min(day.AddDays(1), end) - Max(day, start);
            if (part > MaxPart && new Noise(options.Seed, day.Ticks / TimeSpan.TicksPerDay).NextInt(100) < options.BusyDays)
                return true;
        }

        return false;
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
