using System.Globalization;
using PSBatchExports.Time;
using PSBatchExports.Text;

namespace PSBatchExports.Coverage;

/// <summary>Judges an export by its chain of covered intervals and its newest runs.</summary>
/// <param name="export">The export.</param>
/// <param name="schedule">Its schedule.</param>
/// <param name="now">The service's time.</param>
/// <param name="maxLag">How old the end of the data may be; null for no limit.</param>
internal sealed class HealthRules(BatchExport export, ExportSchedule schedule, DateTimeOffset now, TimeSpan? maxLag)
{
    private const string OnlyEmptyReason =
        "No run had rows, and without rows the service does not contact the destination: nothing shows that it works.";

    // A run that takes longer is stuck: the service repeats work that fails without end.
    private static readonly TimeSpan MinStuckTime = TimeSpan.FromHours(1);

    private readonly TimeSpan _grace = new CoverageRules(schedule, now, default).Grace;

    /// <summary>Judges the export.</summary>
    /// <param name="chain">Its covered intervals.</param>
    /// <param name="pause">Who paused it, if it is paused.</param>
    public BatchExportHealth Judge(DataChain chain, PauseEvidence? pause)
    {
        var (verdict, reason) = Decide(chain, pause);
        return new BatchExportHealth
        {
            BatchExportId = export.Id!,
            Name = export.Name,
            ProjectId = export.ProjectId,
            Origin = export.Origin,
            DataSince = chain.Since,
            DataUntil = chain.Until,
            GapStart = GapStart(chain),
            Lag = chain.Until is { } until ? (now - until).OrLonger(TimeSpan.Zero) : null,
            NextExpected = NextExpected(),
            Verdict = verdict,
            Reason = reason,
        };
    }

    private static DateTimeOffset? GapStart(DataChain chain) => chain.Break?.State
        is BatchExportCoverageState.Missing or BatchExportCoverageState.Failed or BatchExportCoverageState.Paused
        ? chain.Break.Value.Range.Start
        : null;

    private (string Verdict, string Reason) Decide(DataChain chain, PauseEvidence? pause)
    {
        if (export.EndAt is { } end && end <= now)
            return (HealthVerdict.Ended, $"It ended at {Format(end)}.{Missing(chain)}");

        if (export.Paused)
        {
            var verdict = pause is { IsByService: true } ? HealthVerdict.PausedByService : HealthVerdict.PausedByUser;
            return (verdict, pause?.Reason ?? "It is paused.");
        }

        if (export.LatestRuns is not { Count: > 0 } runs)
            return (HealthVerdict.NeverRan, NoRuns(chain));

        if (runs.FirstOrDefault(run => run.IsFinished) is { IsFailed: true } failed)
            return (HealthVerdict.Failing, $"The run of {Format(failed.DataIntervalStart)} failed: {export.Error}");

        if (chain.Break is { } gap && Judge(gap, runs) is { } held)
            return held;

        if (chain.Until is { } until && now - until > maxLag)
        {
            var (lag, max) = (ReadableDuration.Format(now - until), ReadableDuration.Format(maxLag.Value));
            return (HealthVerdict.Late, $"The data ends {lag} ago, more than {max}.");
        }

        return chain.IsOnlyEmpty ? (HealthVerdict.OnlyEmpty, OnlyEmptyReason)
            : chain.Until is null ? (HealthVerdict.Fresh, "No interval is due yet.")
            : (HealthVerdict.Fresh, $"All data since {Format(chain.Since)} that is due was exported.");
    }

    private (string Verdict, string Reason)? Judge(IntervalCoverage gap, IReadOnlyList<BatchExportRun> runs)
    {
        var since = Format(gap.Range.Start);
        switch (gap.State)
        {
            case BatchExportCoverageState.Running when now < schedule.DueAt(gap.Range.End) + _grace:
                return null;

            case BatchExportCoverageState.Running:
                var started = runs.Where(run => !run.IsFinished).Min(run => run.CreatedAt);
                return now - started > schedule.NominalLength.OrLonger(MinStuckTime)
                    ? (HealthVerdict.Stalled, $"A run in progress since {Format(started)} is probably stuck, and can be stopped.")
                    : (HealthVerdict.Late, $"The data from {since} on is being exported.");

            case BatchExportCoverageState.Late:
                return (HealthVerdict.Late, $"The run of {since} has not started, but may still do so.");

            case BatchExportCoverageState.Failed:
                var error = DisplayText.OneLine(gap.LatestError ?? "");
                return (HealthVerdict.Late, $"The run of {since} failed and was not repeated: {error}");

            case BatchExportCoverageState.Missing when gap.LatestError is { } end:
                return (HealthVerdict.Late, $"The run of {since} ended as {DisplayText.OneLine(end)} and was not repeated.");

            case BatchExportCoverageState.Paused:
                return (HealthVerdict.Late, $"It was paused when {since} was due, and that time was not exported since.");

            default:
                var isAlive = runs.Any(run => run.BackfillId is null && run.DataIntervalStart >= gap.Range.End);
                return isAlive
                    ? (HealthVerdict.Late, $"There is no run of {since}, although later ones came.")
                    : (HealthVerdict.Stalled, $"There is no run of {since} or later, although it is not paused.");
        }
    }

    private string NoRuns(DataChain chain) => chain.Break is { } first
        ? $"There is no run, although data from {Format(first.Range.Start)} on is due."
        : $"There is no run yet; the first is due by {Format(NextExpected())}.";

    private static string Missing(DataChain chain) =>
        chain.Break is { } gap ? $" The data from {Format(gap.Range.Start)} on was not all exported." : "";

    // Of the intervals that are still to come, or that are not due yet.
    private DateTimeOffset? NextExpected()
    {
        if (export.Paused || export.EndAt <= now)
            return null;

        var from = now - schedule.MaxJitter - schedule.NominalLength;
        var next = schedule.IntervalsIn(new TimeRange(from, now + (schedule.NominalLength * 3) + schedule.MaxJitter))
            .Select(interval => interval.End)
            .FirstOrDefault(end => schedule.DueAt(end) > now);
        return next == default ? null : schedule.DueAt(next);
    }

    private static string Format(DateTimeOffset? time) =>
        time is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "the beginning";
}
