using System.Buffers.Binary;
using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.History;

/// <summary>The intervals of an export's schedule up to now, in which incidents are marked before the runs are created.</summary>
internal sealed class ExportPast
{
    private readonly List<PastBackfill> _backfills = [];
    private readonly int _seed;
    private readonly DateTimeOffset _from;
    private List<PastInterval> _intervals;
    private Noise _noise;

    public ExportPast(StoredExport export, DateTimeOffset from, DateTimeOffset now, int seed)
    {
        (Export, Now, _from, _seed) = (export, now, from, seed);
        Span<byte> id = stackalloc byte[16];
        export.Id.TryWriteBytes(id);
        _noise = new Noise(seed, BinaryPrimitives.ReadInt64LittleEndian(id[8..]));
        _intervals = [.. Due(ScheduleGrid.Of(export), from, now)];
    }

    public StoredExport Export { get; }

    public DateTimeOffset Now { get; }

    public TimeSpan Length => Now - _from;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PastInterval> Intervals => _intervals;

    public IReadOnlyList<PastBackfill> Backfills => _backfills;

    /// <summary>Some adjacent intervals.</summary>
    /// <param name="place">About where: 0 is the oldest, 1 the newest.</param>
    /// <param name="count">How many; fewer if there are not many in all.</param>
    public IReadOnlyList<PastInterval> Stretch(double place, int count)
    {
        var taken = Math.Min(count, Math.Max(1, _intervals.Count / 12));
        var last = Math.Max(0, _intervals.Count - taken);
        var shift = _noise.NextInt(1 + (_intervals.Count / 50));
        var first = Math.Clamp((int)(last * place) - shift, 0, last);
        return [.. _intervals.Skip(first).Take(taken)];
    }

    public IReadOnlyList<PastInterval> Newest(int count) => [.. _intervals.TakeLast(count)];

    /// <summary>The time at a part of the way from the beginning until now.</summary>
    public DateTimeOffset TimeAt(double place) => _from + (Length * place);

    public static void Omit(IEnumerable<PastInterval> intervals)
    {
        foreach (var interval in intervals)
            interval.HasRun = false;
    }

    /// <summary>Omits the runs that would have started within a time span.</summary>
    public void OmitStarts(DateTimeOffset after, DateTimeOffset to) =>
        Omit(_intervals.Where(interval => interval.StartsAt > after && interval.StartsAt <= to));

    public static void Empty(IEnumerable<PastInterval> intervals)
    {
        foreach (var interval in intervals)
            interval.IsEmpty = true;
    }

    public static void End(IEnumerable<PastInterval> intervals, string status, string? error = null)
    {
        foreach (var interval in intervals)
            (interval.Status, interval.Error) = (status, error);
    }

    /// <summary>Starts runs late, unless they would not have started yet.</summary>
    public void Delay(IEnumerable<PastInterval> intervals, TimeSpan delay)
    {
        foreach (var interval in intervals.Where(interval => interval.StartsAt + delay < Now))
            interval.StartsAt += delay;
    }

    /// <summary>Runs intervals again.</summary>
    /// <param name="delay">The time after the start of the last of their runs.</param>
    public void Backfill(IReadOnlyList<PastInterval> intervals, TimeSpan delay, string status = RunStatus.Completed)
    {
        if (intervals.Count > 0)
            _backfills.Add(new PastBackfill(intervals, intervals[^1].StartsAt + delay, status));
    }

    /// <summary>Gives the export another interval; those that end before a time keep the previous one.</summary>
    public void ChangeInterval(string previous, int previousOffset, string current, DateTimeOffset at)
    {
        var before = new ScheduleGrid(previous, previousOffset, Export.TimeZone);
        (Export.Interval, Export.OffsetHours, Export.LastUpdatedAt) = (current, 0, at);
        var after = ScheduleGrid.Of(Export);
        _intervals = [.. Due(before, _from, at), .. Due(after, after.AtOrBefore(at), Now)];
    }

    private IEnumerable<PastInterval> Due(ScheduleGrid grid, DateTimeOffset from, DateTimeOffset to)
    {
        var delay = ScheduleDelay.Of(Export, grid.Interval, _seed);
        return grid.Between(grid.AtOrBefore(from), to - delay).Select(interval => new PastInterval(interval, interval.End + delay));
    }
}
