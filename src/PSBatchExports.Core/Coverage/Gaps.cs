namespace PSBatchExports.Coverage;

/// <summary>Finds the gaps in the coverage of an export.</summary>
/// <param name="export">The export.</param>
/// <param name="schedule">Its schedule.</param>
/// <param name="now">The service's time.</param>
internal sealed class Gaps(BatchExport export, ExportSchedule schedule, DateTimeOffset now)
{
    /// <summary>The stretches without data. One that a backfill fills exactly only in part is two gaps.</summary>
    public IEnumerable<BatchExportGap> In(IReadOnlyList<BatchExportCoverage> coverage, bool includePaused)
    {
        var perInterval = RecordsPerInterval(coverage);
        return coverage.Where(stretch => IsGap(stretch.State, includePaused)).SelectMany(Split);

        IEnumerable<BatchExportGap> Split(BatchExportCoverage stretch) => schedule
            .IntervalsIn(new TimeRange(stretch.Start, stretch.End))
            .GroupBy(interval => RepairExactness.Of(export.Model, interval.Start, now))
            .Select(part => ToGap(stretch, part.First().Start, part.Last().End, part.Count(), part.Key, perInterval));
    }

    private static bool IsGap(string state, bool includePaused) =>
        state is BatchExportCoverageState.Missing or BatchExportCoverageState.Failed or BatchExportCoverageState.Late
        || (includePaused && state is BatchExportCoverageState.Paused);

    private static double? RecordsPerInterval(IEnumerable<BatchExportCoverage> coverage)
    {
        var known = coverage.Where(stretch => IntervalCoverage.IsCoveredBy(stretch.State) && stretch.Records is not null).ToArray();
        var intervals = known.Sum(stretch => (long)stretch.Intervals);
        return intervals == 0 ? null : known.Sum(stretch => (double)stretch.Records!.Value) / intervals;
    }

    private BatchExportGap ToGap(
        BatchExportCoverage stretch, DateTimeOffset start, DateTimeOffset end, int intervals, string exactness, double? perInterval) =>
        new()
        {
            BatchExportId = stretch.BatchExportId,
            Name = stretch.Name,
            ProjectId = stretch.ProjectId,
            Origin = stretch.Origin,
            Start = start,
            End = end,
            Intervals = intervals,
            State = stretch.State,
            LatestError = stretch.LatestError,
            Exactness = exactness,
            Reason = RepairExactness.ReasonFor(export.Model, exactness),
            EstimatedRecords = perInterval is { } records ? (long)Math.Round(records * intervals) : null,
        };
}
