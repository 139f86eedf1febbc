using System.Globalization;
using PSBatchExports.Json;

namespace PSBatchExports.Backfills;

/// <summary>
/// A bound of a backfill as it was written: a time with its offset, of which daily and weekly exports take the calendar date as written, and the others
/// the instant (docs/wire.md, section 12).
/// </summary>
internal static class BackfillBound
{
    /// <summary>The bound in the form that the export's interval needs.</summary>
    /// <exception cref="BackfillBoundException">The server would refuse it.</exception>
    public static string Format(DateTimeOffset bound, BatchExport export, string name)
    {
        if (export.Interval is not ("day" or "week"))
            return WireTime.Format(bound);

        var date = bound.Date;
        var written = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (bound.TimeOfDay != TimeSpan.Zero)
            throw new BackfillBoundException(name, $"{name} has a time of day, {bound.TimeOfDay:hh\\:mm\\:ss}; '{export.Name}' runs every {export.Interval}, so give the date only: {written}.");

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
                    $"{name} {written} is a {date.DayOfWeek}; the weeks of '{export.Name}' begin on {firstDay}: give {before:yyyy-MM-dd} or {after:yyyy-MM-dd}."));
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
    /// Whether the server refuses the end because it has not come yet. That is for the server to decide: it goes by its clock, and by zone and hour of the export.
    /// </summary>
    public static bool IsInFuture(InvalidRequestException refusal) =>
        refusal.Detail is { } detail && detail.Contains("'end_at'", StringComparison.Ordinal) && detail.Contains("in the future", StringComparison.Ordinal);

    /// <summary>What to give instead.</summary>
    public static BackfillBoundException InFuture(string end) => new("EndAt", $"EndAt {end} is in the future, by the server's clock; give a time up to now.");

    private static DateTime Position(DateTimeOffset bound, BatchExport export) => export.Interval is "day" or "week" ? bound.Date : bound.UtcDateTime;
}
