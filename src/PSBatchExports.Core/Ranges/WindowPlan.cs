using PSBatchExports.Ledger;
using PSBatchExports.Ranges;

namespace PSBatchExports;

/// <summary>What is to be done to have a range.</summary>
public sealed record WindowPlan
{
    private WindowPlan()
    {
    }

    /// <summary>The windows that the ledger has of this range, by start. Those at the ends may reach beyond it.</summary>
    public required IReadOnlyList<BatchExportLedgerEntry> Known { get; init; }

    /// <summary>The time that no window covers yet.</summary>
    public required IReadOnlyList<TimeRange> Uncovered { get; init; }

    /// <summary>The number of windows that cover it.</summary>
    public required int NewWindows { get; init; }

    /// <summary>The number of windows that are still to be exported, and thus paid for, as far as the ledger knows.</summary>
    public int RunsToStart => NewWindows + Known.Count(window => window.State is LedgerState.Planned or LedgerState.Failed);

    /// <summary>
    /// The number of rows that those have, judged by the rows an hour of the windows that are known; null if none is.
    /// </summary>
    public long? EstimatedRecords { get; private init; }

    internal static WindowPlan Of(RangeSaveOptions options, LedgerContent? ledger)
    {
        var (model, range) = (options.Settings.Model, options.Range);
        var all = ledger?.WindowsOf(model).ToArray() ?? [];
        var known = all.Where(window => range.Overlaps(new TimeRange(window.Start, window.End))).ToArray();
        var uncovered = Uncover(range, known).ToArray();
        var toStart = known.Where(window => window.State is LedgerState.Planned or LedgerState.Failed);
        var unpaid = uncovered.Sum(gap => gap.Length.TotalHours) + toStart.Sum(window => (window.End - window.Start).TotalHours);
        return new WindowPlan
        {
            Known = known,
            Uncovered = uncovered,
            NewWindows = uncovered.Sum(gap => LedgerWindows.Cut(gap, options.Every).Count()),
            EstimatedRecords = RecordRate.Of(all) is { } rate ? (long)(rate * unpaid) : null,
        };
    }

    private static IEnumerable<TimeRange> Uncover(TimeRange range, IEnumerable<BatchExportLedgerEntry> windows)
    {
        var start = range.Start;
        foreach (var window in windows)
        {
            if (window.Start > start)
                yield return new TimeRange(start, window.Start);

            start = window.End > start ? window.End : start;
        }

        if (start < range.End)
            yield return new TimeRange(start, range.End);
    }
}
