using System.Runtime.CompilerServices;

namespace PSBatchExports.Coverage;

/// <summary>Walks along a schedule and the runs at the same time, with only the runs of the current interval in memory.</summary>
/// <param name="schedule">The export's schedule.</param>
/// <param name="rules">Decides about each interval.</param>
internal sealed class CoverageReader(ExportSchedule schedule, CoverageRules rules)
{
    /// <summary>The backfills that the runs do not tell of, which are read when the first interval without data is met.</summary>
    public required Func<CancellationToken, Task<IReadOnlyList<BatchExportBackfill>>> ReadBackfills { get; init; }

    /// <summary>Decides about the intervals that overlap a window and that are due, in order.</summary>
    /// <param name="window">The window.</param>
    /// <param name="runs">The runs, by the start of their data.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async IAsyncEnumerable<IntervalCoverage> ReadAsync(
        TimeRange window, IAsyncEnumerable<BatchExportRun> runs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<BatchExportBackfill>? backfills = null;
        var current = new List<BatchExportRun>();
        await using var unread = runs.GetAsyncEnumerator(cancellationToken);
        var hasRun = await unread.MoveNextAsync();
        foreach (var interval in schedule.IntervalsIn(window).TakeWhile(interval => interval.End <= rules.Now))
        {
            while (hasRun && CoverageRules.RangeOf(unread.Current).Start < interval.End)
            {
                current.Add(unread.Current);
                rules.Observe(unread.Current);
                hasRun = await unread.MoveNextAsync();
            }

            current.RemoveAll(run => CoverageRules.RangeOf(run).End <= interval.Start);
            var overlapping = current.Where(run => CoverageRules.RangeOf(run).Overlaps(interval)).ToArray();
            if (rules.Decide(interval, overlapping, backfills: []) is not { } decided)
                continue;

            if (!decided.IsCovered)
            {
                backfills ??= await ReadBackfills(cancellationToken);
                decided = rules.Decide(interval, overlapping, backfills) ?? decided;
            }

            yield return decided;
        }
    }
}
