namespace PSBatchExports.Logs;

/// <summary>
/// Decides which slices of a log are requested together. A page shows how dense the log is; from that follow slices that should each fit
/// into a page. A wrong estimate costs requests, never lines.
/// </summary>
/// <param name="query">The lines to read.</param>
/// <param name="wanted">The maximum number of lines to read.</param>
internal sealed class LogWindow(LogQuery query, ulong wanted)
{
    private const int MinSlices = 2;
    private const int MaxSlices = 8;

    private int _sliceCount;
    private ulong _readInSlices;

    /// <summary>What is older than all slices so far.</summary>
    public TimeSlice Rest { get; } = new() { Query = query, Limit = (int)Math.Clamp(wanted, 1, TimeSlice.PageSize) };

    /// <summary>Cuts the next slices off the rest: more if the last ones filled their pages, none if these were nearly empty.</summary>
    /// <param name="previous">The slices of the last batch, all of them read.</param>
    public IReadOnlyList<TimeSlice> NextSlices(IReadOnlyList<TimeSlice> previous)
    {
        var lines = previous.Sum(slice => slice.LineCount);
        _readInSlices += (ulong)lines;
        var wereFilled = lines >= previous.Count * TimeSlice.PageSize / 4;
        _sliceCount = wereFilled ? Math.Clamp(_sliceCount * 4, MinSlices, MaxSlices) : 0;
        var remaining = wanted - Math.Min(wanted, _readInSlices + (ulong)Rest.LineCount);
        return Rest.Split((int)Math.Min((ulong)_sliceCount, remaining / TimeSlice.PageSize));
    }
}
