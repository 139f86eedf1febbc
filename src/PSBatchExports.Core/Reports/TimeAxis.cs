using System.Globalization;

namespace PSBatchExports.Reports;

/// <summary>Places times on the width of a picture.</summary>
/// <param name="Window">The time that is shown.</param>
/// <param name="Width">The width of the picture.</param>
internal sealed record TimeAxis(TimeRange Window, int Width)
{
    private const int MaxDayTicks = 45;
    private const int MaxLabels = 6;

    // The share of the width at either edge where a label in the middle of its time would be cut off.
    private const double EdgeShare = 0.06;

    private static readonly int[] LabelSteps = [1, 2, 7, 14, 28, 91, 182, 364];

    /// <summary>Where a time is; times outside are at the edges.</summary>
    public double X(DateTimeOffset time) =>
        Window.IsEmpty ? 0 : Math.Clamp((time - Window.Start) / Window.Length, 0, 1) * Width;

    /// <summary>A ruler with a tick for each day, longer on Mondays; only Mondays if there are many days.</summary>
    /// <param name="top">The upper edge.</param>
    /// <param name="height">The height.</param>
    public string Ruler(double top, double height)
    {
        var path = new System.Text.StringBuilder();
        var days = Window.Length.TotalDays;
        for (var day = new DateTimeOffset(Window.Start.UtcDateTime.Date, TimeSpan.Zero); day < Window.End; day = day.AddDays(1))
        {
            var isMonday = day.DayOfWeek == DayOfWeek.Monday;
            if (day >= Window.Start && (isMonday || days <= MaxDayTicks))
                path.Append(CultureInfo.InvariantCulture, $"M{X(day):0.##} {top:0.##}v{(isMonday ? height : height / 2):0.##}");
        }

        return path.ToString();
    }

    /// <summary>Writes the dates below a picture; they keep their shape, whatever its width.</summary>
    public static void WriteLabels(HtmlWriter html, TimeRange window)
    {
        var axis = new TimeAxis(window, 1);
        var step = LabelSteps.FirstOrDefault(days => window.Length.TotalDays / days <= MaxLabels, LabelSteps[^1]);
        using var picture = html.Element("svg", ("class", "axis"), ("aria-hidden", "true"));
        for (var day = FirstLabel(window, step); day < window.End; day = day.AddDays(step))
        {
            var share = axis.X(day);
            var (x, anchor) = share < EdgeShare ? (0, "start") : share > 1 - EdgeShare ? (1, "end") : (share, "middle");
            html.Element(
                "text",
                day.ToString(step > 28 ? "MMM yyyy" : "d MMM", CultureInfo.InvariantCulture),
                ("x", FormattableString.Invariant($"{x * 100:0.##}%")),
                ("y", "1em"),
                ("text-anchor", anchor));
        }
    }

    // Weeks begin on Mondays.
    private static DateTimeOffset FirstLabel(TimeRange window, int step)
    {
        var midnight = new DateTimeOffset(window.Start.UtcDateTime.Date, TimeSpan.Zero);
        var first = midnight < window.Start ? midnight.AddDays(1) : midnight;
        return step < 7 ? first : first.AddDays((8 - (int)first.DayOfWeek) % 7);
    }
}
