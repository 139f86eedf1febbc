namespace PSBatchExports.Emulator.State;

/// <summary>
/// The boundaries between the intervals of a schedule, in UTC. Days and weeks begin at a local time, so that those with a change of the
/// clocks are longer or shorter; shorter intervals ignore the time zone.
/// </summary>
internal sealed record ScheduleGrid(string Interval, int OffsetHours, string TimeZone)
{
    /// <summary>1970-01-04 was a Sunday, the first day of the service's week.</summary>
    private static readonly DateTime FirstSunday = new(1970, 1, 4, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly TimeSpan _length = Intervals.LengthOf(Interval);
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
    private readonly DateTime _origin = FirstSunday.AddHours(OffsetHours);

    private bool IsLocal => _length >= TimeSpan.FromDays(1);

    public static ScheduleGrid Of(StoredExport export) => new(export.Interval, export.OffsetHours, export.TimeZone);

    public bool IsOf(StoredExport export) =>
        (export.Interval, export.OffsetHours, export.TimeZone) == (Interval, OffsetHours, TimeZone);

    /// <summary>The last boundary at or before a time.</summary>
    public DateTimeOffset AtOrBefore(DateTimeOffset time) => Boundary(NumberAtOrBefore(time));

    /// <summary>The first boundary after a time.</summary>
    public DateTimeOffset After(DateTimeOffset time) => Boundary(NumberAtOrBefore(time) + 1);

    /// <summary>The boundaries from one time to another, both included.</summary>
    public IEnumerable<DateTimeOffset> Boundaries(DateTimeOffset from, DateTimeOffset to)
    {
        var number = NumberAtOrBefore(from);
        if (Boundary(number) < from)
            number++;
        for (var boundary = Boundary(number); boundary <= to; boundary = Boundary(++number))
            yield return boundary;
    }

    /// <summary>The intervals that lie completely between two times.</summary>
    public IEnumerable<DataInterval> Between(DateTimeOffset from, DateTimeOffset to)
    {
        DateTimeOffset? start = null;
        foreach (var boundary in Boundaries(from, to))
        {
            if (start is { } previous)
                yield return new DataInterval(previous, boundary);
            start = boundary;
        }
    }

    /// <summary>Intervals one after the other from a time that need not be a boundary; a shorter rest is left out.</summary>
    public IEnumerable<DataInterval> Steps(DateTimeOffset from, DateTimeOffset to) =>
        AtOrBefore(from) == from ? Between(from, to) : StepsOffGrid(from.ToUniversalTime(), to);

    private long NumberAtOrBefore(DateTimeOffset time)
    {
        if (!IsLocal)
            return time.UtcTicks / _length.Ticks;

        var sinceOrigin = TimeZoneInfo.ConvertTime(time, _zone).DateTime - _origin;
        var number = (long)Math.Floor(sinceOrigin / _length);
        while (Boundary(number) > time)
            number--;
        while (Boundary(number + 1) <= time)
            number++;
        return number;
    }

    private DateTimeOffset Boundary(long number) =>
        IsLocal ? LocalTime.ToUtc(_origin + (_length * number), _zone) : new DateTimeOffset(number * _length.Ticks, TimeSpan.Zero);

    private IEnumerable<DataInterval> StepsOffGrid(DateTimeOffset from, DateTimeOffset to)
    {
        var local = TimeZoneInfo.ConvertTime(from, _zone).DateTime;
        var start = from;
        for (var count = 1; ; count++)
        {
            var end = IsLocal ? LocalTime.ToUtc(local + (_length * count), _zone) : from + (_length * count);
            if (end > to)
                yield break;

            yield return new DataInterval(start, end);
            start = end;
        }
    }
}
