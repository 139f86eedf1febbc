using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Divides the missing bytes of a file into ranges, one for each request. Ranges become smaller towards the end, so that all connections
/// finish at about the same time. Thread-safe.
/// </summary>
/// <param name="length">The file's length in bytes.</param>
/// <param name="taken">The ranges that are there or in flight.</param>
/// <param name="connections">The maximum number of connections.</param>
/// <param name="sizes">The limits of a range's length.</param>
/// <param name="partBytes">No range crosses a multiple of this; null for no such limit.</param>
internal sealed class RangePlan(long length, RangeSet taken, int connections, TransferSizes sizes, long? partBytes = null)
{
    private readonly object _gate = new();
    private readonly List<ByteRange> _gaps = [.. taken.Gaps(length)];

    /// <summary>How many connections the remaining bytes can keep busy.</summary>
    public int UsefulConnections
    {
        get
        {
            lock (_gate)
                return (int)Math.Min(connections, (Remaining + sizes.MinRange - 1) / sizes.MinRange);
        }
    }

    private long Remaining => _gaps.Sum(range => range.Length);

    /// <summary>The next range to request; null if there is none.</summary>
    public ByteRange? Next()
    {
        lock (_gate)
        {
            if (_gaps.Count == 0)
                return null;

            var gap = _gaps[0];
            var size = Math.Clamp(Remaining / (2 * connections), sizes.MinRange, sizes.MaxRange);
            var end = gap.Length <= size + (size / 2) ? gap.End : gap.Start + size;
            if (partBytes is { } part)
                end = Math.Min(end, ((gap.Start / part) + 1) * part);

            if (end == gap.End)
                _gaps.RemoveAt(0);
            else
                _gaps[0] = gap with { Start = end };

            return gap with { End = end };
        }
    }
}
