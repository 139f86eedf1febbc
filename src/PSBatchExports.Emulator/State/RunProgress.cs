using PSBatchExports.Emulator.Data;

namespace PSBatchExports.Emulator.State;

/// <summary>Starts and ends the runs of exports up to the present, in the order of time.</summary>
internal sealed class RunProgress(EmulatorState state, EmulatorOptions options)
{
    private readonly EventTimeline _timeline = new(options.Seed, options.EventsPerHour);

    /// <param name="export">Null if it is deleted.</param>
    public void Advance(StoredExport? export, ExportRuns runs)
    {
        var now = state.Now;
        var schedule = options.LiveSchedule ? export?.Schedule : null;
        while (AdvanceOnce(export, runs, schedule, now))
        {
        }

        schedule?.Reach(now);
    }

    /// <summary>Carries out the next event that is due. Returns false if none is.</summary>
    private bool AdvanceOnce(StoredExport? export, ExportRuns runs, ScheduleCursor? schedule, DateTimeOffset now)
    {
        var ending = runs.Active.Where(run => run.CompletesAt <= now).MinBy(run => run.CompletesAt);
        var (end, start, scheduled) = (ending?.CompletesAt, runs.NextPendingStart(), schedule?.NextStart);
        if (end is not null && !(end > start) && !(end > scheduled))
            End(ending!, end.Value);
        else if (start <= now && !(start > scheduled))
            Begin(export, runs.AddNextPending());
        else if (scheduled <= now)
            Schedule(export!, schedule!, runs, scheduled.Value);
        else
            return false;

        return true;
    }

    private void End(ScheduledRun run, DateTimeOffset at)
    {
        run.Finish(run.FailsWith is null ? RunStatus.Completed : RunStatus.Failed, at, run.FailsWith);
        if (options.LiveSchedule)
            state.AddLogs(RunLog.FinalRows(run));
        if (run.FailsWith is null)
            return;

        run.RecordsCompleted = 0;
        if (run.BackfillId is { } id)
            state.FindBackfill(id)?.RemoveRecords(run.ExpectedRecords);
        AutomaticPause.AfterFailure(state, run, options.FailuresBeforePause, at);
    }

    private void Begin(StoredExport? export, ScheduledRun run)
    {
        run.FailsWith ??= export?.RunError;
        if (options.LiveSchedule)
            state.AddLogs(RunLog.Rows(run));
    }

    private void Schedule(StoredExport export, ScheduleCursor schedule, ExportRuns runs, DateTimeOffset start)
    {
        if (schedule.Pass() is not { } interval)
            return;

        var run = new ScheduledRun
        {
            Id = state.Ids.Past(start),
            ExportId = export.Id,
            DataIntervalStart = interval.Start,
            DataIntervalEnd = interval.End,
            Status = RunStatus.Running,
            CreatedAt = start,
            LastUpdatedAt = start,
            CompletesAt = start + options.RunDuration,
            ExpectedRecords = _timeline.CountByArrival(interval.Start, interval.End, start),
        };
        runs.Add(run);
        Begin(export, run);
    }
}
