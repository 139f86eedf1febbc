using System.Globalization;
using PSBatchExports.Time;

namespace PSBatchExports.Backfills;

/// <summary>
/// Formats and checks the bounds of a backfill. Daily and weekly exports use the calendar date of a time with its offset as written, others
/// the instant (docs/wire.md, section 12).
/// </summary>
internal static class BackfillBound
{
    /// <summary>Formats a bound as the export's interval requires.</summary>
    /// <exception cref="BackfillBoundException">The server would refuse the bound.</exception>
    public static string Format(DateTimeOffset bound, BatchExport export, string name)
    {
        if (export.Interval is not ("day" or "week"))
            return WireTime.Format(bound);

        var date = bound.Date;
        var written = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (bound.TimeOfDay != TimeSpan.Zero)
        {
            throw new BackfillBoundException(
                name,
                $"{name} has a time of day, {bound.TimeOfDay:hh\\:mm\\:ss}; "
                + $"'{export.Name}' runs every {export.Interval}, so give the date only: {written}.");
        }

        var firstDay = export.OffsetDay ?? DayOfWeek.Sunday;
        if (export.Interval == "week" && date.DayOfWeek != firstDay)
        {
            var daysIntoWeek = ((int)date.DayOfWeek - (int)firstDay + 7) % 7;
            var before = new DateTimeOffset(date, TimeSpan.Zero).Shift(TimeSpan.FromDays(-daysIntoWeek));
            var after = before.Shift(TimeSpan.FromDays(7));
            throw new BackfillBoundException(
                name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} {written} is a {date.DayOfWeek}; the weeks of '{export.Name}' begin on {firstDay}: "
                    + $"give {before:yyyy-MM-dd} or {after:yyyy-MM-dd}."));
        }

        return written;
    }

    /// <exception cref="BackfillBoundException">The server would refuse the pair.</exception>
    public static void CheckPair(DateTimeOffset? start, DateTimeOffset end, BatchExport export)
    {
        if (start is { } first && Position(first, export) >= Position(end, export))
            throw new BackfillBoundException("EndAt", "EndAt must be later than the start.");
    }

    /// <summary>
    /// Whether the server refused the end because it is in the future. Only the server can tell, by its clock and the export's time zone
    /// and hour.
    /// </summary>
    public static bool IsInFuture(InvalidRequestException refusal) =>
        refusal.Detail is { } detail
        && detail.Contains("'end_at'", StringComparison.Ordinal)
        && detail.Contains("in the future", StringComparison.Ordinal);

    /// <summary>The error for an end in the future.</summary>
    public static BackfillBoundException InFuture(string end) =>
        new("EndAt", $"EndAt {end} is in the future, by the server's clock; give a time up to now.");

    private static DateTime Position(DateTimeOffset bound, BatchExport export) =>
        export.Interval is "day" or "week" ? bound.Date : bound.UtcDateTime;
}
