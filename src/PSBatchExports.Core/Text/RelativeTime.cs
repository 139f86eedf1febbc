namespace PSBatchExports.Text;

/// <summary>Times relative to now, in one unit.</summary>
internal static class RelativeTime
{
    private static readonly (TimeSpan Below, TimeSpan Length, string Name)[] Units =
    [
        (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), "s"),
        (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), "min"),
        (TimeSpan.FromDays(2), TimeSpan.FromHours(1), "h"),
        (TimeSpan.FromDays(60), TimeSpan.FromDays(1), "d"),
        (TimeSpan.FromDays(730.5), TimeSpan.FromDays(30.44), "mo"),
        (TimeSpan.MaxValue, TimeSpan.FromDays(365.25), "y"),
    ];

    /// <summary>"3 h ago", "in 5 min" or "now".</summary>
    public static string Format(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = (now - time).Duration();
        if (distance < TimeSpan.FromSeconds(1))
            return "now";

        var unit = Units.First(unit => distance < unit.Below);
        var span = FormattableString.Invariant($"{Math.Floor(distance / unit.Length):0} {unit.Name}");
        return time > now ? $"in {span}" : $"{span} ago";
    }
}
