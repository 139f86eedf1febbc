using PSBatchExports.Time;

namespace PSBatchExports.Logs;

/// <summary>A span of time whose log lines are read page by page, newest first.</summary>
internal sealed class TimeSlice
{
    public const int PageSize = 500;

    // No log is quite even, so slices are cut to fill a page by this much.
    private const double ExpectedFill = 0.8;

    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    /// <summary>The query for the next page.</summary>
    public required LogQuery Query { get; set; }

    /// <summary>The maximum number of lines of the next page.</summary>
    public required int Limit { get; set; }

    /// <summary>
    /// The time between the newest and the oldest line of the last page; zero if that says nothing about the log's density.
    /// </summary>
    public TimeSpan LastPageSpan { get; set; }

    public PageOverlap Overlap { get; private set; } = new();

    /// <summary>How many lines the pages of this slice had.</summary>
    public long LineCount { get; set; }

    /// <summary>How many lines there were in the slices that were cut off this one.</summary>
    public long LineCountOfSplits { get; set; }

    public long TotalLineCount => LineCount + LineCountOfSplits;

    /// <summary>Whether a line belongs to this slice and was not read before, even if the server ignores the bounds of the query.</summary>
    public bool IsNew(BatchExportLogEntry entry) => !(entry.Timestamp <= Query.After) && Overlap.IsNew(entry);

    /// <summary>Cuts slices off the newer end, newest first. This slice keeps what is older.</summary>
    public List<TimeSlice> Split(int count)
    {
        var step = TimeSpan.FromMicroseconds(Math.Floor(LastPageSpan.TotalMicroseconds * ExpectedFill));
        var slices = new List<TimeSlice>();
        while (slices.Count < count && step > TimeSpan.Zero && Query.Before is { } newest)
        {
            var oldest = newest.Shift(-step);
            if (oldest <= Query.After)
                break;

            slices.Add(new TimeSlice { Query = Query with { After = oldest.Shift(-Microsecond) }, Limit = PageSize, Overlap = Overlap });
            Query = Query with { Before = oldest };
            Overlap = new PageOverlap();
        }

        return slices;
    }
}
