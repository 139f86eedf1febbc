using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.History;

/// <summary>Creates the runs that an export's schedule would have made, with their backfills and logs.</summary>
internal sealed class HistorySeeder(EmulatorState state, EmulatorOptions options)
{
    private const int LoggedRuns = 12;
    private const int MinRunSeconds = 45;
    private const int MaxRunSeconds = 90;

    private static readonly TimeSpan BetweenBackfillRuns = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UntilCancelled = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ActiveRunTime = TimeSpan.FromMinutes(30);

    private readonly EventTimeline _timeline = new(options.Seed, options.EventsPerHour);

    public void Add(StoredExport export, TimeSpan length, HistoryIncident incident)
    {
        var past = new ExportPast(export, state.Now - length, state.Now, options.Seed);
        Incidents.Mark(past, incident);
        var runs = new List<ScheduledRun>(past.Intervals.Count);
        foreach (var interval in past.Intervals.Where(interval => interval.HasRun))
        {
            var run = Run(export, interval);
            runs.Add(run);
            if (interval.PausesExport)
                AutomaticPause.Pause(state, export, run, run.LastUpdatedAt);
        }

        foreach (var backfill in past.Backfills)
            AddBackfill(export, backfill, runs);
        state.AddRuns(export.Id, runs);
        Log(runs);
        export.Schedule = new ScheduleCursor(
            export, past.Intervals.Count > 0 ? past.Intervals[^1].Interval.End : state.Now - length, options.Seed);
    }

    private ScheduledRun Run(StoredExport export, PastInterval interval)
    {
        var (start, end) = (interval.Interval.Start, interval.Interval.End);
        var records = interval.IsEmpty ? 0 : _timeline.CountByArrival(start, end, interval.StartsAt);
        var run = CreateRun(export, interval, interval.StartsAt, records, backfill: null);
        var finishedAt = interval.StartsAt + RunTime(interval.StartsAt);
        if (RunStatus.IsActive(interval.Status) || finishedAt > state.Now)
        {
            run.CompletesAt = RunStatus.IsActive(interval.Status) ? state.Now + ActiveRunTime : finishedAt;
            return run;
        }

        End(run, interval.Status, finishedAt, interval.Error);
        return run;
    }

    private void AddBackfill(StoredExport export, PastBackfill past, List<ScheduledRun> runs)
    {
        var id = state.Ids.Past(past.CreatedAt);
        var at = past.CreatedAt;
        var added = new List<ScheduledRun>();
        foreach (var interval in past.Intervals)
        {
            var (start, end) = (interval.Interval.Start, interval.Interval.End);
            var run = CreateRun(export, interval, at, _timeline.CountOfBackfill(start, end, past.CreatedAt), id);
            at += past.Status == RunStatus.Cancelled ? UntilCancelled : RunTime(at);
            End(run, past.Status, at, error: null);
            added.Add(run);
            at += BetweenBackfillRuns;
        }

        if (at > state.Now)
            return;

        runs.AddRange(added);
        var backfill = new StoredBackfill
        {
            Id = id,
            ExportId = export.Id,
            ProjectId = export.ProjectId,
            StartAt = past.Intervals[0].Interval.Start,
            EndAt = past.Intervals[^1].Interval.End,
            CreatedAt = past.CreatedAt,
            Duration = at - past.CreatedAt,
            TotalRuns = added.Count,
            TotalRecords = added.Sum(run => run.RecordsCompleted),
            VisibleFrom = past.CreatedAt,
        };
        if (past.Status == RunStatus.Cancelled)
            backfill.Force(RunStatus.Cancelled, at);
        state.AddBackfill(backfill);
    }

    private ScheduledRun CreateRun(StoredExport export, PastInterval interval, DateTimeOffset at, long records, Guid? backfill) => new()
    {
        Id = state.Ids.Past(at),
        ExportId = export.Id,
        BackfillId = backfill,
        DataIntervalStart = interval.Interval.Start,
        DataIntervalEnd = interval.Interval.End,
        Status = RunStatus.Running,
        CreatedAt = at,
        LastUpdatedAt = at,
        ExpectedRecords = records,
    };

    private static void End(ScheduledRun run, string status, DateTimeOffset at, string? error)
    {
        run.Finish(status, at, error);
        run.RecordsCompleted ??= error is null ? null : 0;
    }

    private TimeSpan RunTime(DateTimeOffset startsAt) => TimeSpan.FromSeconds(
        MinRunSeconds + new Noise(options.Seed, startsAt.UtcTicks).NextInt(MaxRunSeconds - MinRunSeconds + 1));

    /// <summary>Logs the newest runs, and the errors of all others.</summary>
    private void Log(List<ScheduledRun> runs)
    {
        var newest = runs.TakeLast(LoggedRuns).ToHashSet();
        state.AddLogs(runs.Where(run => !newest.Contains(run) && run.LatestError is not null).SelectMany(RunLog.FinalRows));
        state.AddLogs(newest.SelectMany(RunLog.Rows));
    }
}
