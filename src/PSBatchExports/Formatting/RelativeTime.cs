namespace PSBatchExports.Formatting;

/// <summary>How long ago, or in how long, in one unit.</summary>
internal static class RelativeTime
{
    private static readonly (double Seconds, double Below, string Unit)[] Units =
    [
        (1, 60, "s"), (60, 60 * 60, "min"), (60 * 60, 48 * 60 * 60, "h"), (24 * 60 * 60, 60 * 24 * 60 * 60, "d"), (30.44 * 24 * 60 * 60, 2 * 365.25 * 24 * 60 * 60, "mo"), (365.25 * 24 * 60 * 60, double.MaxValue, "y"),
    ];

    /// <summary>"3 h ago", "in 5 min"; "now" within a second.</summary>
    public static string Describe(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = (now - at).TotalSeconds;
        var seconds = Math.Abs(distance);
        if (seconds < 1)
            return "now";

        var (length, _, unit) = Array.Find(Units, unit => seconds < unit.Below);
        var span = FormattableString.Invariant($"{Math.Floor(seconds / length):0} {unit}");
        return distance > 0 ? $"{span} ago" : $"in {span}";
    }
}
