namespace PSBatchExports.Logs;

/// <summary>
/// Decides which slices of a log are requested together. A page shows how dense the log is; from that follow slices that should each fit
/// into a page. A slice that does not is a window of its own. A wrong estimate costs requests, never lines.
/// </summary>
internal sealed class LogWindow
{
    private const int MinSlices = 2;
    private const int MaxSlices = 8;

    private readonly ulong _wanted;
    private int _sliceCount;

    /// <param name="query">The lines to read.</param>
    /// <param name="wanted">The maximum number of lines to read.</param>
    public LogWindow(LogQuery query, ulong wanted)
        : this(new TimeSlice { Query = query, Limit = (int)Math.Clamp(wanted, 1, TimeSlice.PageSize) }, wanted, sliceCount: 0)
    {
    }

    private LogWindow(TimeSlice rest, ulong wanted, int sliceCount) => (Rest, _wanted, _sliceCount) = (rest, wanted, sliceCount);

    /// <summary>What is older than all slices so far.</summary>
    public TimeSlice Rest { get; }

    /// <summary>The window of a slice. If it did not fit into its page, the log is denser in it than it seemed.</summary>
    public LogWindow Inside(TimeSlice slice) =>
        new(slice, _wanted - Math.Min(_wanted, (ulong)Rest.TotalLineCount), _sliceCount / MaxSlices);

    /// <summary>Cuts the next slices off the rest: more if the last ones filled their pages, none if these were nearly empty.</summary>
    /// <param name="previous">The slices of the last batch, all of them read.</param>
    public IReadOnlyList<TimeSlice> NextSlices(IReadOnlyList<TimeSlice> previous)
    {
        var wereFilled = previous.Sum(slice => slice.TotalLineCount) >= previous.Count * TimeSlice.PageSize / 4;
        _sliceCount = wereFilled ? Math.Clamp(_sliceCount * 4, MinSlices, MaxSlices) : 0;
        var remaining = _wanted - Math.Min(_wanted, (ulong)Rest.TotalLineCount);
        return Rest.Split((int)Math.Min((ulong)_sliceCount, remaining / TimeSlice.PageSize));
    }
}
