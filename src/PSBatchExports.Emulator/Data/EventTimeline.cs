namespace PSBatchExports.Emulator.Data;

/// <summary>
/// All events of a project: when each arrives at the service, and when it happened. Arrivals are evenly spaced. Most events happened
/// seconds before, some hours or days before because a device was offline, and a few have the time of a clock that is ahead.
/// Delays repeat after <see cref="Period"/> events, so that every count is a sum of as many terms at most.
/// </summary>
internal sealed class EventTimeline
{
    private const int Period = 500;
    private const int DaysLate = 3;
    private const int HoursLate = 10;

    private static readonly TimeSpan s_recent = TimeSpan.FromDays(8);
    private static readonly TimeSpan s_mostBeforeStart = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_mostAfterEnd = TimeSpan.FromDays(1);

    private readonly int _perHour;
    private readonly TimeSpan[] _delays;

    public EventTimeline(int seed, int perHour)
    {
        _perHour = perHour;
        _delays = new TimeSpan[Period];
        var places = new int[Period];
        for (var place = 0; place < Period; place++)
        {
            var noise = new Noise(seed, place);
            var other = noise.Below(place + 1);
            places[place] = places[other];
            places[other] = place;
        }

        for (var place = 0; place < Period; place++)
            _delays[places[place]] = Delay(place, new Noise(~seed, place));
    }

    public Occurrences Arrivals(DateTimeOffset start, DateTimeOffset end) => Occurrences.Between(start, end, _perHour);

    /// <summary>When an event happened that arrived at a time.</summary>
    public DateTimeOffset TimestampOf(long number, DateTimeOffset arrival) => arrival - _delays[number % Period];

    /// <summary>How many events an interval has that is selected by arrival.</summary>
    public long CountByArrival(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        IsRecent(start, now)
            ? Arrivals(start, end).Count
            : Sum(delay => (Later(start, start - s_mostBeforeStart + delay), Earlier(end, end + s_mostAfterEnd + delay)));

    /// <summary>How many events happened in an interval and have arrived by now.</summary>
    public long CountByEventTime(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        Sum(delay => (start + delay, Earlier(end + delay, now)));

    /// <summary>How many events a backfill of an interval exports: by arrival if it is recent, by the time of the event otherwise.</summary>
    public long CountOfBackfill(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        IsRecent(start, now) ? CountByArrival(start, end, now) : CountByEventTime(start, end, now);

    /// <summary>Whether the events of an interval come from the table of recent events, which knows no bounds of event times.</summary>
    public static bool IsRecent(DateTimeOffset start, DateTimeOffset now) => start >= now - s_recent;

    /// <summary>Whether an interval that is not recent has the event although it goes by arrival.</summary>
    public static bool IsNear(DateTimeOffset timestamp, DateTimeOffset start, DateTimeOffset end) =>
        timestamp >= start - s_mostBeforeStart && timestamp < end + s_mostAfterEnd;

    private static TimeSpan Delay(int place, Noise noise) => place switch
    {
        0 => TimeSpan.FromDays(8) + Fraction(noise, TimeSpan.FromDays(4)),
        1 => -TimeSpan.FromDays(2) - Fraction(noise, TimeSpan.FromDays(20)),
        < 2 + DaysLate => TimeSpan.FromDays(1) + Fraction(noise, TimeSpan.FromDays(5)),
        < 2 + DaysLate + HoursLate => TimeSpan.FromHours(1) + Fraction(noise, TimeSpan.FromHours(22)),
        < Period / 10 => TimeSpan.FromSeconds(1 + noise.Below(30)),
        _ => Fraction(noise, TimeSpan.FromSeconds(30)),
    };

    /// <summary>A part of a time span, in whole microseconds.</summary>
    private static TimeSpan Fraction(Noise noise, TimeSpan whole) =>
        TimeSpan.FromTicks((long)(noise.Next() % (ulong)(whole.Ticks / TimeSpan.TicksPerMicrosecond)) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The events of every delay that arrive within the bounds which that delay has.</summary>
    private long Sum(Func<TimeSpan, (DateTimeOffset From, DateTimeOffset To)> bounds)
    {
        long sum = 0;
        for (var place = 0; place < Period; place++)
        {
            var (from, to) = bounds(_delays[place]);
            if (from >= to)
                continue;
            var arrivals = Arrivals(from, to);
            sum += CountBelow(arrivals.First + arrivals.Count, place) - CountBelow(arrivals.First, place);
        }

        return sum;
    }

    /// <summary>How many of the numbers below a limit have this place in their period.</summary>
    private static long CountBelow(long limit, int place) => (limit - place + Period - 1) / Period;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
