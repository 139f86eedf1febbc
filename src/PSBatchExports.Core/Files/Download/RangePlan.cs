using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Hands out what is missing of a file, a range a request. Ranges become smaller towards the end, so that the connections end together.
/// </summary>
/// <param name="length">The file's bytes.</param>
/// <param name="finished">What is there, or on its way.</param>
/// <param name="connections">How many there may be.</param>
/// <param name="sizes">How long ranges are.</param>
/// <param name="partBytes">The size of parts across whose borders no range goes; null for none.</param>
internal sealed class RangePlan(long length, RangeSet finished, int connections, TransferSizes sizes, long? partBytes = null)
{
    private readonly object _gate = new();
    private readonly List<ByteRange> _open = [.. finished.Gaps(length)];

    /// <summary>How many connections can be put to use on what is left.</summary>
    public int UsefulConnections
    {
        get
        {
            lock (_gate)
                return (int)Math.Min(connections, (Left + sizes.MinRange - 1) / sizes.MinRange);
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
            var size = Math.Clamp(Left / (2 * connections), sizes.MinRange, sizes.MaxRange);
            var end = gap.Length <= size + (size / 2) ? gap.End : gap.Start + size;
            if (partBytes is { } part)
                end = Math.Min(end, ((gap.Start / part) + 1) * part);

            if (end == gap.End)
                _open.RemoveAt(0);
            else
                _open[0] = gap with { Start = end };

            return gap with { End = end };
        }
    }
}
