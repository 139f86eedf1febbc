using PSBatchExports.Time;

namespace PSBatchExports.Coverage;

/// <summary>
/// The chains of covered intervals that the health of an export rests on if its newest runs do not suffice: of the last 168 intervals, but
/// at least a day and at most ten weeks, and of five times that if none of the first of those is covered.
/// </summary>
internal sealed class RecentChains
{
    private const int MaxIntervals = 168;
    private const int ExtendedFactor = 5;

    private static readonly TimeSpan MinLookBack = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxLookBack = TimeSpan.FromDays(70);

    private readonly DataChain _recent = new();
    private readonly DataChain _extended = new();

    public RecentChains(BatchExport export, ExportSchedule schedule, DateTimeOffset now)
    {
        var end = export.EndAt < now ? export.EndAt.Value : now;
        end = export.Paused && export.LastPausedAt < end ? export.LastPausedAt.Value : end;
        var lookBack = (schedule.NominalLength * MaxIntervals).OrLonger(MinLookBack).OrShorter(MaxLookBack);
        Start = end - lookBack;
        ExtendedStart = end - (lookBack * ExtendedFactor);
    }

    /// <summary>The time from which on intervals count.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The time from which on they count if the first after <see cref="Start"/> is not covered.</summary>
    public DateTimeOffset ExtendedStart { get; }

    /// <summary>The chain, as far as the intervals that were added go back.</summary>
    public DataChain Chain => _recent.Until is null ? _extended : _recent;

    public void Add(IntervalCoverage interval)
    {
        if (interval.Range.End > Start)
            _recent.Add(interval);

        if (interval.Range.End > ExtendedStart)
            _extended.Add(interval);
    }
}
