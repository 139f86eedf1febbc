using PSBatchExports.Coverage;

namespace PSBatchExports.Reports;

/// <summary>Counts the rows of an export by day, or by interval if that is a day or a week.</summary>
internal sealed class RowTotals(ExportSchedule schedule)
{
    private readonly List<ReportRows> _counted = [];

    /// <summary>The rows of each day that has an interval.</summary>
    public IReadOnlyList<ReportRows> Counted => _counted;

    public void Add(IntervalCoverage interval)
    {
        var range = schedule.IsCalendar ? interval.Range : DayOf(interval.Range.Start);
        var isKnown = !interval.IsCovered || interval.Records is not null;
        if (_counted is [.., var last] && last.Range == range)
            _counted[^1] = last with { Records = isKnown ? last.Records + (interval.Records ?? 0) : null };
        else
            _counted.Add(new ReportRows(range, isKnown ? interval.Records ?? 0 : null));
    }

    private static TimeRange DayOf(DateTimeOffset time)
    {
        var day = new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero);
        return new TimeRange(day, day.AddDays(1));
    }
}
