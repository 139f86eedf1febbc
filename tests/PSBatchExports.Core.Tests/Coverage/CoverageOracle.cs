using System.Globalization;

namespace PSBatchExports.Core.Tests.Coverage;

/// <summary>
/// The rules of coverage once more, as plainly as possible: it looks at every five minutes by themselves, and finds the start of a day by
/// looking at the clock every quarter of an hour. It shares nothing with the product.
/// </summary>
internal static class CoverageOracle
{
    private static readonly Dictionary<(string, int, DateOnly), DateTimeOffset> DayStarts = [];

    /// <summary>The intervals of a schedule that end in the window.</summary>
    public static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Intervals(History history)
    {
        var boundaries = Boundaries(history).ToArray();
        for (var index = 1; index < boundaries.Length; index++)
        {
            var (start, end) = (boundaries[index - 1], boundaries[index]);
            var overlaps = end > history.After && end <= history.Now;
            var exists = end > history.CreatedAt
                && (history.StartAt is null || end >= history.StartAt)
                && (history.EndAt is null || end <= history.EndAt);
            if (overlaps && exists && start < end)
                yield return (start, end);
        }
    }

    /// <summary>The state of an interval; null if its run is not due.</summary>
    public static string? StateOf((DateTimeOffset Start, DateTimeOffset End) interval, History history) =>
        StateOf(interval, history, []) is null ? null : StateOf(interval, history, history.Backfills);

    private static string? StateOf(
        (DateTimeOffset Start, DateTimeOffset End) interval, History history, IReadOnlyList<BatchExportBackfill> backfills)
    {
        var completedEverywhere = true;
        var completedOrInProgressEverywhere = true;
        var twiceWithRows = false;
        for (var cell = interval.Start; cell < interval.End; cell += TimeSpan.FromMinutes(5))
        {
            var here = history.Runs.Where(run => run.DataIntervalStart <= cell && cell < run.DataIntervalEnd).ToList();
            var completed = here.Where(run => run.Status == "Completed").ToList();
            var inProgress = here.Any(run => run.Status is "Starting" or "Running")
                || backfills.Any(backfill => backfill.Status is "Starting" or "Running"
                    && backfill.StartAt <= cell && cell < backfill.EndAt
                    && !Touching(interval, history).Any(run => run.BackfillId == backfill.BackfillId && HasEnded(run)));
            completedEverywhere &= completed.Count > 0;
            completedOrInProgressEverywhere &= completed.Count > 0 || inProgress;
            twiceWithRows |= completed.Count(run => run.RecordsCompleted != 0) > 1;
        }

        var touching = Touching(interval, history).ToList();
        if (completedEverywhere)
        {
            if (touching.Where(run => run.Status == "Completed").All(run => run.RecordsCompleted == 0))
                return "Empty";

            return twiceWithRows ? "Repeated" : "Covered";
        }

        if (completedOrInProgressEverywhere)
            return "Running";

        var unsuccessful = touching.Where(run => HasEnded(run) && run.Status != "Completed").OrderBy(run => run.CreatedAt).ToList();
        if (unsuccessful.Count > 0)
            return unsuccessful.Exists(run => run.Status != "Cancelled") ? "Failed" : "Missing";

        var due = interval.End + history.Jitter + TimeSpan.FromMinutes(1);
        if (WasPaused(interval, due, history))
            return "Paused";

        if (history.Now < due)
            return null;

        var length = interval.End - interval.Start;
        var grace = length < TimeSpan.FromHours(1) ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1);
        return history.Now < due + grace ? "Late" : "Missing";
    }

    private static bool WasPaused((DateTimeOffset Start, DateTimeOffset End) interval, DateTimeOffset due, History history)
    {
        var resumed = history.IsPaused ? history.Now : history.LastUpdatedAt;
        if (history.LastPausedAt is not { } paused || due <= paused || interval.End > resumed)
            return false;

        return !history.Runs.Exists(run => run.BackfillId is null
            && run.CreatedAt > paused
            && run.DataIntervalEnd > paused
            && run.DataIntervalStart < interval.End);
    }

    private static IEnumerable<BatchExportRun> Touching((DateTimeOffset Start, DateTimeOffset End) interval, History history) =>
        history.Runs.Where(run => run.DataIntervalStart < interval.End && interval.Start < run.DataIntervalEnd);

    private static bool HasEnded(BatchExportRun run) => run.Status is not ("Starting" or "Running");

    private static IEnumerable<DateTimeOffset> Boundaries(History history)
    {
        if (history.Interval is not ("day" or "week"))
        {
            var minutes = history.Interval == "hour" ? 60 : int.Parse(history.Interval.Split(' ')[1], CultureInfo.InvariantCulture);
            var first = new DateTimeOffset(history.After.UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
            for (var time = first; time < history.Now.AddDays(2); time = time.AddMinutes(minutes))
                yield return time;

            yield break;
        }

        for (var date = DateOnly.FromDateTime(history.After.UtcDateTime.AddDays(-10));
            date < DateOnly.FromDateTime(history.Now.UtcDateTime.AddDays(10));
            date = date.AddDays(1))
        {
            if (history.Interval == "day" || date.DayOfWeek == history.OffsetDay)
                yield return DayStart(history.Zone, history.OffsetHour, date);
        }
    }

    /// <summary>The first quarter of an hour at which the clocks of the zone show the hour of the date, or later.</summary>
    private static DateTimeOffset DayStart(string zone, int hour, DateOnly date)
    {
        lock (DayStarts)
        {
            if (DayStarts.TryGetValue((zone, hour, date), out var known))
                return known;

            var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
            var wanted = date.ToDateTime(new TimeOnly(hour, 0));
            var time = new DateTimeOffset(wanted, TimeSpan.Zero).AddHours(-15);
            while (TimeZoneInfo.ConvertTime(time, info).DateTime < wanted)
                time = time.AddMinutes(15);

            return DayStarts[(zone, hour, date)] = time;
        }
    }
}
