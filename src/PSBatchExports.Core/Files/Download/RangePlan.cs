namespace PSBatchExports;

/// <summary>
/// Hands out what is missing of a file, a range a request. Ranges become smaller towards the end, so that the connections end together.
/// </summary>
internal sealed class RangePlan(long length, RangeSet finished, int connections, TransferSizes sizes)
{
    private readonly object _gate = new();
    private readonly List<ByteRange> _open = [.. finished.Gaps(length)];

    /// <summary>How many connections can be put to use on what is left.</summary>
    public int UsefulConnections
    {
        get
        {
            lock (_gate)
                return (int)Math.Min(connections, (Left + sizes.ShortestRange - 1) / sizes.ShortestRange);
        }
    }

    private long Left => _open.Sum(range => range.Length);

    /// <summary>The next range to ask for; null where all has been handed out.</summary>
    public ByteRange? Take()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
                return null;

            var gap = _open[0];
            var size = Math.Clamp(Left / (2 * connections), sizes.ShortestRange, sizes.LongestRange);
            if (gap.Length <= size + (size / 2))
            {
                _open.RemoveAt(0);
                return gap;
            }

            _open[0] = gap with { Start = gap.Start + size };
            return new ByteRange(gap.Start, gap.Start + size);
        }
    }
}
