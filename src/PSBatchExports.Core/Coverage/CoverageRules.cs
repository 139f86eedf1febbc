using PSBatchExports.Time;

namespace PSBatchExports.Coverage;

/// <summary>
/// Decides what became of an interval. Time that was covered counts, not equal bounds: runs of an older schedule and runs of backfills over
/// several intervals count for all the intervals that they cover.
/// </summary>
/// <param name="schedule">The export's schedule.</param>
/// <param name="now">The service's time.</param>
/// <param name="pause">The time in which the export was paused; empty if unknown.</param>
internal sealed class CoverageRules(ExportSchedule schedule, DateTimeOffset now, TimeRange pause)
{
    private static readonly TimeSpan MinGrace = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan MaxGrace = TimeSpan.FromHours(1);

    private bool _hasResumed;

    /// <summary>The service's time.</summary>
    public DateTimeOffset Now => now;

    /// <summary>How long after its due time a run is late rather than missing.</summary>
    public TimeSpan Grace => schedule.NominalLength.OrLonger(MinGrace).OrShorter(MaxGrace);

    /// <summary>
    /// The time in which an export was last paused. If it is not paused now, the pause ended at its last change at the latest.
    /// </summary>
    public static TimeRange PauseOf(BatchExport export, DateTimeOffset now)
    {
        if (export.LastPausedAt is not { } start)
            return default;

        var end = export.Paused ? now : export.LastUpdatedAt;
        return end > start ? new TimeRange(start, end.Value) : default;
    }

    /// <summary>Takes note of a run; those of earlier and of this interval must be known before it is decided.</summary>
    public void Observe(BatchExportRun run) =>
        _hasResumed |= run.BackfillId is null && run.CreatedAt > pause.Start && run.DataIntervalEnd > pause.Start;

    /// <summary>Decides about an interval.</summary>
    /// <param name="interval">The interval, which has ended.</param>
    /// <param name="runs">The runs that have time in common with it.</param>
    /// <param name="backfills">The backfills in progress, and those that had no rows.</param>
    /// <returns>Null if its run is not due yet.</returns>
    public IntervalCoverage? Decide(TimeRange interval, IReadOnlyList<BatchExportRun> runs, IReadOnlyList<BatchExportBackfill> backfills)
    {
        var exported = new TimeRangeSet();
        foreach (var run in runs.Where(IsExported))
            exported.Add(RangeOf(run));

        foreach (var backfill in backfills.Where(backfill => backfill.HadNoRows))
            exported.Add(RangeOf(backfill));

        if (exported.Covers(interval))
            return Exported(interval, runs.Where(IsExported).ToArray());

        foreach (var run in runs.Where(run => !run.IsFinished))
            exported.Add(RangeOf(run));

        foreach (var backfill in backfills.Where(backfill => WillRun(backfill, runs)))
            exported.Add(RangeOf(backfill));

        if (exported.Covers(interval))
            return new IntervalCoverage(interval, BatchExportCoverageState.Running);

        if (runs.Where(run => run.IsFinished && !IsExported(run)).MaxBy(run => run.CreatedAt) is { } last)
            return NotExported(interval, last, runs);

        return WithoutRun(interval);
    }

    /// <summary>The time of a run's data.</summary>
    public static TimeRange RangeOf(BatchExportRun run)
    {
        var end = run.DataIntervalEnd ?? DateTimeOffset.MinValue;
        var start = run.DataIntervalStart ?? DateTimeOffset.MinValue;
        return start < end ? new TimeRange(start, end) : default;
    }

    /// <summary>The time of a backfill's data.</summary>
    public static TimeRange RangeOf(BatchExportBackfill backfill)
    {
        var start = backfill.StartAt ?? DateTimeOffset.MinValue;
        var end = backfill.EndAt ?? DateTimeOffset.MaxValue;
        return start < end ? new TimeRange(start, end) : default;
    }

    private static bool IsExported(BatchExportRun run) => run.Status == RunStatus.Completed;

    // A backfill skips over a run that failed.
    private static bool WillRun(BatchExportBackfill backfill, IReadOnlyList<BatchExportRun> runs) =>
        !backfill.IsFinished && !runs.Any(run => run.IsFinished && run.BackfillId == backfill.BackfillId);

    private static IntervalCoverage Exported(TimeRange interval, BatchExportRun[] runs)
    {
        // A run over several intervals counts in the one that it starts in.
        var own = runs.Where(run => RangeOf(run).Start >= interval.Start).ToArray();
        var records = own.Any(run => run.RecordsCompleted is null) ? null : own.Sum(run => run.RecordsCompleted);
        if (runs.All(run => run.RecordsCompleted == 0))
            return new IntervalCoverage(interval, BatchExportCoverageState.Empty, 0);

        var withRows = runs.Where(run => run.RecordsCompleted != 0).Select(run => RangeOf(run).Intersect(interval)).ToArray();
        var isRepeated = withRows.Select((range, index) => withRows.Skip(index + 1).Any(range.Overlaps)).Any(overlaps => overlaps);
        var state = isRepeated ? BatchExportCoverageState.Repeated : BatchExportCoverageState.Covered;
        return new IntervalCoverage(interval, state, records);
    }

    private static IntervalCoverage NotExported(TimeRange interval, BatchExportRun last, IEnumerable<BatchExportRun> runs)
    {
        var failed = runs.Where(run => run.IsFinished && !IsExported(run) && run.Status != RunStatus.Cancelled).MaxBy(run => run.CreatedAt);
        return failed is null
            ? new IntervalCoverage(interval, BatchExportCoverageState.Missing, LatestError: last.Status)
            : new IntervalCoverage(interval, BatchExportCoverageState.Failed, LatestError: failed.LatestError ?? failed.Status);
    }

    private IntervalCoverage? WithoutRun(TimeRange interval)
    {
        var due = schedule.DueAt(interval.End);
        if (!_hasResumed && due > pause.Start && interval.End <= pause.End)
            return new IntervalCoverage(interval, BatchExportCoverageState.Paused);

        if (now < due)
            return null;

        var state = now < due + Grace ? BatchExportCoverageState.Late : BatchExportCoverageState.Missing;
        return new IntervalCoverage(interval, state);
    }
}
