namespace PSBatchExports;

/// <summary>Covered time: a set of half-open ranges. Ranges that touch or overlap are one.</summary>
public sealed class TimeRangeSet
{
    private readonly List<TimeRange> _ranges = [];

    /// <summary>The ranges, in order, none of which touches another.</summary>
    public IReadOnlyList<TimeRange> Ranges => _ranges;

    /// <summary>Adds the time of a range.</summary>
    /// <param name="range">The range; nothing is added if it is empty.</param>
    public void Add(TimeRange range)
    {
        if (range.IsEmpty)
            return;

        var first = _ranges.FindIndex(other => other.End >= range.Start);
        if (first < 0)
        {
            _ranges.Add(range);
            return;
        }

        var count = 0;
        var (start, end) = (range.Start, range.End);
        while (first + count < _ranges.Count && _ranges[first + count].Start <= range.End)
        {
            var other = _ranges[first + count++];
            start = other.Start < start ? other.Start : start;
            end = other.End > end ? other.End : end;
        }

        _ranges.RemoveRange(first, count);
        _ranges.Insert(first, new TimeRange(start, end));
    }

    /// <summary>Whether all time of a range is in the set.</summary>
    /// <param name="range">The range.</param>
    public bool Covers(TimeRange range) =>
        range.IsEmpty || _ranges.Exists(other => other.Start <= range.Start && other.End >= range.End);
}
