namespace PSBatchExports.Emulator.Data;

/// <summary>
/// All events of a project: when each arrives at the service, and when it happened. Arrivals are evenly spaced. Most events happened
/// seconds before, some hours or days before because a device was offline, and a few in the future because a clock is ahead.
/// Delays repeat after <see cref="Period"/> events, so that a count needs at most that many terms.
/// </summary>
internal sealed class EventTimeline
{
    private const int Period = 500;
    private const int DaysLate = 3;
    private const int HoursLate = 10;

    private static readonly TimeSpan MaxRecentAge = TimeSpan.FromDays(8);
    private static readonly TimeSpan MaxBeforeStart = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxAfterEnd = TimeSpan.FromDays(1);

    private readonly int _perHour;
    private readonly TimeSpan[] _delays;

    public EventTimeline(int seed, int perHour)
    {
        _perHour = perHour;
        _delays = new TimeSpan[Period];
        var slots = new int[Period];
        for (var slot = 0; slot < Period; slot++)
        {
            var noise = new Noise(seed, slot);
            var other = noise.NextInt(slot + 1);
            slots[slot] = slots[other];
            slots[other] = slot;
        }

        for (var slot = 0; slot < Period; slot++)
            _delays[slots[slot]] = Delay(slot, new Noise(~seed, slot));
    }

    public Occurrences Arrivals(DateTimeOffset start, DateTimeOffset end) => Occurrences.Between(start, end, _perHour);

    /// <summary>When an event happened, given its arrival.</summary>
    public DateTimeOffset TimestampOf(long number, DateTimeOffset arrival) => arrival - _delays[number % Period];

    /// <summary>Number of events that a run of an interval exports: those that arrived in it.</summary>
    public long CountByArrival(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        IsRecent(start, now)
            ? Arrivals(start, end).Count
            : Sum(delay => (Max(start, start - MaxBeforeStart + delay), Min(end, end + MaxAfterEnd + delay)));

    /// <summary>Number of events that happened in an interval and have arrived by now.</summary>
    public long CountByEventTime(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        Sum(delay => (start + delay, Min(end + delay, now)));

    /// <summary>Number of events that a backfill of an interval exports: by arrival if it is recent, by event time otherwise.</summary>
    public long CountOfBackfill(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        IsRecent(start, now) ? CountByArrival(start, end, now) : CountByEventTime(start, end, now);

    /// <summary>Whether the service reads an interval from its table of recent events, which does not bound event times.</summary>
    public static bool IsRecent(DateTimeOffset start, DateTimeOffset now) => start >= now - MaxRecentAge;

    /// <summary>Whether a run of an older interval exports an event that arrived in it.</summary>
    public static bool IsNear(DateTimeOffset timestamp, DateTimeOffset start, DateTimeOffset end) =>
        timestamp >= start - MaxBeforeStart && timestamp < end + MaxAfterEnd;

    private static TimeSpan Delay(int slot, Noise noise) => slot switch
    {
        0 => TimeSpan.FromDays(8) + RandomFraction(noise, TimeSpan.FromDays(4)),
        1 => -TimeSpan.FromDays(2) - RandomFraction(noise, TimeSpan.FromDays(20)),
        < 2 + DaysLate => TimeSpan.FromDays(1) + RandomFraction(noise, TimeSpan.FromDays(5)),
        < 2 + DaysLate + HoursLate => TimeSpan.FromHours(1) + RandomFraction(noise, TimeSpan.FromHours(22)),
        < Period / 10 => TimeSpan.FromSeconds(1 + noise.NextInt(30)),
        _ => RandomFraction(noise, TimeSpan.FromSeconds(30)),
    };

    /// <summary>A random part of a time span, in whole microseconds.</summary>
    private static TimeSpan RandomFraction(Noise noise, TimeSpan whole) =>
        TimeSpan.FromTicks((long)(noise.Next() % (ulong)(whole.Ticks / TimeSpan.TicksPerMicrosecond)) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Counts the events that arrive within the bounds for their delay.</summary>
    private long Sum(Func<TimeSpan, (DateTimeOffset From, DateTimeOffset To)> bounds)
    {
        long sum = 0;
        for (var slot = 0; slot < Period; slot++)
        {
            var (from, to) = bounds(_delays[slot]);
            if (from >= to)
                continue;

            var arrivals = Arrivals(from, to);
            sum += CountBelow(arrivals.First + arrivals.Count, slot) - CountBelow(arrivals.First, slot);
        }

        return sum;
    }

    /// <summary>How many numbers below a limit have this slot.</summary>
    private static long CountBelow(long limit, int slot) => (limit - slot + Period - 1) / Period;

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
