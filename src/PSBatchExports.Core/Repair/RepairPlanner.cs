using PSBatchExports.Coverage;
using PSBatchExports.Time;

namespace PSBatchExports.Repair;

/// <summary>Plans the ranges of one export.</summary>
/// <param name="export">The export.</param>
/// <param name="schedule">Its schedule.</param>
/// <param name="options">How gaps are filled.</param>
/// <param name="now">The service's time.</param>
internal sealed class RepairPlanner(BatchExport export, ExportSchedule schedule, GapRepairOptions options, DateTimeOffset now)
{
    /// <param name="scope">The project.</param>
    /// <param name="gaps">The gaps that are to be filled.</param>
    /// <param name="intervals">What became of the intervals of that time by now, in order.</param>
    public RepairPlan Plan(ApiScope scope, IReadOnlyList<BatchExportGap> gaps, IEnumerable<IntervalCoverage> intervals)
    {
        var wanted = intervals.Where(interval => gaps.Any(gap => new TimeRange(gap.Start, gap.End).Overlaps(interval.Range))).ToArray();
        var inFlight = wanted.Where(IsInFlight).ToArray();
        var lacking = wanted.Where(interval => !interval.IsCovered).Except(inFlight).Select(interval => interval.Range);

        var perInterval = RecordsPerInterval(gaps);
        var ranges = Merge(lacking).SelectMany(SplitByExactness).Select(range => Widen(range, inFlight));
        var canary = options.HasCanary ? Merge(lacking).Select(range => schedule.IntervalAt(range.Start)).FirstOrDefault() : default;
        return new RepairPlan(scope, export)
        {
            Gaps = gaps,
            Ranges = [.. Merge(ranges).SelectMany(SplitByExactness).SelectMany(range => SplitOff(canary, range)).Select(ToRange)],
            Refused = [.. inFlight.Select(interval => new RepairRefusal(interval.Range, interval.State))],
        };

        RepairRange ToRange((TimeRange Range, bool IsCanary) part)
        {
            var count = schedule.IntervalsIn(part.Range).Count();
            var records = perInterval is { } average ? (long?)Math.Round(average * count) : null;
            return new RepairRange(part.Range, count, ExactnessOf(part.Range), records, part.IsCanary);
        }
    }

    private static bool IsInFlight(IntervalCoverage interval) =>
        interval.State is BatchExportCoverageState.Running or BatchExportCoverageState.Late;

    private static double? RecordsPerInterval(IReadOnlyList<BatchExportGap> gaps)
    {
        var known = gaps.Where(gap => gap.EstimatedRecords is not null).ToArray();
        return known.Length == 0 ? null : known.Sum(gap => (double)gap.EstimatedRecords!.Value) / known.Sum(gap => (double)gap.Intervals);
    }

    private static IReadOnlyList<TimeRange> Merge(IEnumerable<TimeRange> ranges)
    {
        var merged = new TimeRangeSet();
        foreach (var range in ranges)
            merged.Add(range);

        return merged.Ranges;
    }

    private string ExactnessOf(TimeRange range) => RepairExactness.Of(export.Model, range.Start, now);

    private IEnumerable<TimeRange> SplitByExactness(TimeRange range) => schedule
        .IntervalsIn(range)
        .GroupBy(interval => RepairExactness.Of(export.Model, interval.Start, now))
        .Select(part => new TimeRange(part.First().Start, part.Last().End));

    // Late events are in the intervals before the gap. What is in progress there is left alone.
    private TimeRange Widen(TimeRange range, IReadOnlyList<IntervalCoverage> inFlight)
    {
        if (options.LatenessMargin <= TimeSpan.Zero || ExactnessOf(range) == GapExactness.Exact)
            return range;

        var start = schedule.IntervalAt(range.Start.Shift(-options.LatenessMargin)).Start;
        var before = inFlight.Select(interval => interval.Range.End).Where(end => end <= range.Start);
        var free = before.DefaultIfEmpty(start).Max();
        start = free > start ? free : start;
        return new TimeRange(schedule.IntervalsIn(new TimeRange(start, range.End)).First().Start, range.End);
    }

    private static IEnumerable<(TimeRange Range, bool IsCanary)> SplitOff(TimeRange canary, TimeRange range)
    {
        if (!range.Overlaps(canary))
            return [(range, false)];

        (TimeRange Range, bool IsCanary)[] parts =
        [
            (new TimeRange(range.Start, canary.Start), false),
            (canary, true),
            (new TimeRange(canary.End, range.End), false),
        ];
        return parts.Where(part => !part.Range.IsEmpty);
    }
}
