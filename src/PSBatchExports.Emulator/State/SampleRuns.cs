namespace PSBatchExports.Emulator.State;

/// <summary>The recent history of a sample export.</summary>
internal static class SampleRuns
{
    private const int Count = 12;
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(271);
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(102);
    private static readonly TimeSpan ActiveRunTime = TimeSpan.FromMinutes(30);

    public static void Add(EmulatorState state, StoredExport export, int eventsPerHour, bool hasActiveRun, string? latestError)
    {
        var grid = ScheduleGrid.Of(export);
        var newest = grid.AtOrBefore(export.LastPausedAt ?? state.Now - Jitter - RunTime);
        var length = Intervals.LengthOf(export.Interval);
        var intervals = grid.Between(newest - (length * (Count + 1)), newest).TakeLast(Count).ToArray();
        foreach (var interval in intervals)
        {
            var isNewest = interval.End == newest;
            AddRun(state, export, interval, eventsPerHour, isNewest && hasActiveRun, isNewest ? latestError : null);
        }

        export.Schedule = new ScheduleCursor(export, newest, state.Seed);
    }

    private static void AddRun(
        EmulatorState state, StoredExport export, DataInterval interval, int eventsPerHour, bool active, string? error)
    {
        var created = interval.End + Jitter;
        var run = new ScheduledRun
        {
            Id = state.Ids.Past(created),
            ExportId = export.Id,
            DataIntervalStart = interval.Start,
            DataIntervalEnd = interval.End,
            CreatedAt = created,
            LastUpdatedAt = created,
            Status = RunStatus.Running,
            ExpectedRecords = (long)(eventsPerHour * (interval.End - interval.Start).TotalHours),
            CompletesAt = active ? state.Now + ActiveRunTime : null,
        };
        if (!active)
        {
            run.Finish(error is null ? RunStatus.Completed : RunStatus.Failed, created + RunTime, error);
            run.RecordsCompleted ??= 0;
        }

        state.AddRun(run);
        state.AddLogs(RunLog.Rows(run));
    }
}
