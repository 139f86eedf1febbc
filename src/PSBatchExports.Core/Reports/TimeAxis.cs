using System.Globalization;

namespace PSBatchExports.Reports;

/// <summary>Places times on the width of a picture.</summary>
/// <param name="Window">The time that is shown.</param>
/// <param name="Width">The width of the picture.</param>
internal readonly record struct TimeAxis(TimeRange Window, int Width)
{
    private const int MaxDayTicks = 45;

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
}
