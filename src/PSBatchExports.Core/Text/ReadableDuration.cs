namespace PSBatchExports.Text;

/// <summary>Formats durations for people, with at most two units.</summary>
internal static class ReadableDuration
{
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(0.1))
            return FormattableString.Invariant($"{Math.Max(0, duration.TotalMilliseconds):0} ms");

        if (duration < TimeSpan.FromSeconds(10))
            return FormattableString.Invariant($"{duration.TotalSeconds:0.0} s");

        if (duration < TimeSpan.FromMinutes(1))
            return FormattableString.Invariant($"{Math.Floor(duration.TotalSeconds):0} s");

        if (duration < TimeSpan.FromHours(1))
            return Join(duration.Minutes, "min", duration.Seconds, "s");

        return duration < TimeSpan.FromDays(1)
            ? Join(duration.Hours, "h", duration.Minutes, "min")
            : Join((int)duration.TotalDays, "d", duration.Hours, "h");
    }

    private static string Join(int large, string largeUnit, int small, string smallUnit) =>
        small == 0
            ? FormattableString.Invariant($"{large} {largeUnit}")
            : FormattableString.Invariant($"{large} {largeUnit} {small} {smallUnit}");
}
