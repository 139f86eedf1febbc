using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>Ranges of a file, merged and sorted.</summary>
internal sealed class RangeSet
{
    private readonly List<ByteRange> _ranges = [];

    public long Bytes => _ranges.Sum(range => range.Length);

    public IReadOnlyList<ByteRange> Ranges => _ranges.ToArray();

    public void Add(ByteRange range)
    {
        if (range.Length <= 0)
            return;

        var from = _ranges.FindIndex(known => known.End >= range.Start);
        if (from < 0)
            from = _ranges.Count;

        var to = from;
        while (to < _ranges.Count && _ranges[to].Start <= range.End)
        {
            range = new ByteRange(Math.Min(range.Start, _ranges[to].Start), Math.Max(range.End, _ranges[to].End));
            to++;
        }

        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, range);
    }

    /// <summary>The end of the range that contains an offset; the offset itself if none does.</summary>
    public long EndFrom(long offset)
    {
        foreach (var range in _ranges)
        {
            if (range.Start <= offset && offset < range.End)
                return range.End;
        }

        return offset;
    }

    /// <summary>The ranges that are missing from a file of this length.</summary>
    public IEnumerable<ByteRange> Gaps(long length)
    {
        long at = 0;
        foreach (var range in _ranges)
        {
            if (range.Start > at)
                yield return new ByteRange(at, range.Start);

            at = range.End;
        }

        if (at < length)
            yield return new ByteRange(at, length);
    }
}
