using PSBatchExports.Schedules;

namespace PSBatchExports;

/// <summary>
/// The intervals of an export (docs/wire.md, section 7). Below a day they are counted in UTC; days and weeks begin at the export's hour in
/// its time zone, so that on a change of the clocks they are longer or shorter. It has no clock and sends nothing.
/// </summary>
public sealed class ExportSchedule
{
    // The service waits that long after the end of an interval before it reads the data.
    private static readonly TimeSpan StartDelay = TimeSpan.FromMinutes(1);

    // No export is older.
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TimeSpan _length;
    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan _offset;
    private readonly DayOfWeek _firstDay;

    /// <summary>Creates a schedule without a beginning or an end.</summary>
    /// <param name="interval">hour, day, week, or "every 5 minutes" with any number of minutes that divides a day.</param>
    /// <param name="timeZone">The IANA name of the zone in which days and weeks begin; null for UTC.</param>
    /// <param name="offsetHour">The hour at which days and weeks begin, 0 to 23; null for 0.</param>
    /// <param name="offsetDay">The day on which weeks begin; null for Sunday.</param>
    /// <exception cref="UnknownScheduleException">The interval or the time zone is not known here.</exception>
    public ExportSchedule(string? interval, string? timeZone = null, int? offsetHour = null, DayOfWeek? offsetDay = null)
    {
        _length = IntervalLength.Of(interval) ?? throw UnknownScheduleException.Interval(interval);
        Interval = interval!;
        IsCalendar = _length >= TimeSpan.FromDays(1);
        _zone = IsCalendar ? FindZone(timeZone) : TimeZoneInfo.Utc;
        _offset = TimeSpan.FromHours(offsetHour ?? 0);
        _firstDay = offsetDay ?? DayOfWeek.Sunday;
    }

    /// <summary>The schedule of an export, with its creation and its bounds.</summary>
    /// <param name="export">The export.</param>
    /// <exception cref="UnknownScheduleException">The interval or the time zone is not known here.</exception>
    public static ExportSchedule Of(BatchExport export) =>
        new(export.Interval, export.TimeZone, export.OffsetHour, export.OffsetDay)
        {
            CreatedAt = export.CreatedAt,
            StartAt = export.StartAt,
            EndAt = export.EndAt,
        };

    /// <summary>The interval, as the service spells it.</summary>
    public string Interval { get; }

    /// <summary>Whether intervals are days or weeks, which the time zone and the offsets move.</summary>
    public bool IsCalendar { get; }

    /// <summary>The length of an interval, but for days and weeks in which the clocks change.</summary>
    public TimeSpan NominalLength => _length;

    /// <summary>Only intervals that end later exist; null for no bound.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Only intervals that end then or later exist; null for no bound.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Only intervals that end then or earlier exist; null for no bound.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>How long after its due time a run may start at the latest, because the service spreads its load.</summary>
    public TimeSpan MaxJitter => _length switch
    {
        { TotalDays: >= 7 } => TimeSpan.FromMinutes(30),
        { TotalDays: >= 1 } => TimeSpan.FromMinutes(20),
        { TotalHours: >= 1 } => TimeSpan.FromMinutes(15),
        _ => _length / 5,
    };

    /// <summary>When the run of an interval has started at the latest, if the service works as usual.</summary>
    /// <param name="intervalEnd">The end of the interval.</param>
    public DateTimeOffset DueAt(DateTimeOffset intervalEnd) => intervalEnd + MaxJitter + StartDelay;

    /// <summary>The interval that a time is in, whether or not the export existed.</summary>
    /// <param name="time">The time.</param>
    public TimeRange IntervalAt(DateTimeOffset time)
    {
        var start = BoundaryBefore(time);
        return new TimeRange(start, BoundaryAfter(start));
    }

    /// <summary>The intervals that have time in common with a range and that the export should have, in order.</summary>
    /// <param name="range">The range.</param>
    public IEnumerable<TimeRange> IntervalsIn(TimeRange range)
    {
        if (range.IsEmpty)
            yield break;

        var from = range.Start > Earliest ? range.Start : Earliest;
        from = CreatedAt > from ? CreatedAt.Value : from;
        from = StartAt > from ? StartAt.Value.AddTicks(-1) : from;
        if (from >= range.End)
            yield break;

        for (var interval = IntervalAt(from); interval.Start < range.End && !(interval.End > EndAt); interval = IntervalAt(interval.End))
        {
            if (interval.End > range.Start && !(interval.End <= CreatedAt) && !(interval.End < StartAt))
                yield return interval;
        }
    }

    /// <summary>
    /// The local date that the service calls an interval of a daily or weekly export by (docs/wire.md, section 12).
    /// </summary>
    /// <param name="boundary">The start of an interval.</param>
    public DateOnly DateOf(DateTimeOffset boundary)
    {
        var local = TimeZoneInfo.ConvertTime(boundary, _zone).DateTime;
        var date = DateOnly.FromDateTime(local - _offset);

        // A change of the clocks at that hour moves the boundary to a later time of the same day.
        return Boundary(date.AddDays(1)) <= boundary ? date.AddDays(1) : date;
    }

    private DateTimeOffset BoundaryBefore(DateTimeOffset time)
    {
        if (!IsCalendar)
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % _length.Ticks), TimeSpan.Zero);

        // A day more than needed, because a change of the clocks may move the boundary past the time.
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, _zone).DateTime).AddDays(1);
        if (_length.TotalDays >= 7)
            date = date.AddDays(-(((int)date.DayOfWeek - (int)_firstDay + 7) % 7));

        while (Boundary(date) > time)
            date = date.AddDays(-(int)_length.TotalDays);

        return Boundary(date);
    }

    // A day that a zone skipped altogether has no interval.
    private DateTimeOffset BoundaryAfter(DateTimeOffset boundary)
    {
        if (!IsCalendar)
            return boundary + _length;

        var date = DateOf(boundary);
        do
            date = date.AddDays((int)_length.TotalDays);
        while (Boundary(date) <= boundary);

        return Boundary(date);
    }

    private DateTimeOffset Boundary(DateOnly date) => LocalBoundary.ToInstant(date.ToDateTime(TimeOnly.MinValue) + _offset, _zone);

    private static TimeZoneInfo FindZone(string? name)
    {
        if (name is null)
            return TimeZoneInfo.Utc;

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw UnknownScheduleException.TimeZone(name);
    }
}
