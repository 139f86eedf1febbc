using System.Globalization;

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
        var length = Intervals.LengthOf(export.Interval);
        var newest = Intervals.LatestBoundary(export, state.Now - Jitter - RunTime);
        if (export.LastPausedAt is { } paused)
            newest = Intervals.LatestBoundary(export, paused);

        for (var age = Count - 1; age >= 0; age--)
        {
            var end = newest - (age * length);
            var failed = age == 0 && latestError is not null;
            var active = age == 0 && hasActiveRun;
            AddRun(state, export, end, length, eventsPerHour, active, failed ? latestError : null);
        }
    }

    private static void AddRun(
        EmulatorState state, StoredExport export, DateTimeOffset end, TimeSpan length, int eventsPerHour, bool active, string? error)
    {
        var created = end + Jitter;
        var run = new ScheduledRun
        {
            Id = state.Ids.Past(created),
            ExportId = export.Id,
            DataIntervalStart = end - length,
            DataIntervalEnd = end,
            CreatedAt = created,
            LastUpdatedAt = created,
            Status = RunStatus.Running,
            ExpectedRecords = (long)(eventsPerHour * length.TotalHours),
            CompletesAt = active ? state.Now + ActiveRunTime : null,
        };
        state.AddRun(run);
        Log(state, run, created, "INFO", $"Batch exporting range {WireTime.WithOffset(end - length)} - {WireTime.WithOffset(end)}");
        Log(state, run, created.AddMilliseconds(250), "DEBUG", "Starting activity");
        if (active)
            return;

        var finished = created + RunTime;
        if (error is null)
        {
            run.Finish(RunStatus.Completed, finished);
            var records = run.ExpectedRecords.ToString(CultureInfo.InvariantCulture);
            Log(state, run, finished, "INFO", $"Batch export finished successfully with {records} records");
            return;
        }

        run.Finish(RunStatus.Failed, finished, error);
        run.RecordsCompleted = 0;
        Log(state, run, finished.AddSeconds(-18), "WARNING", "Retrying after a failed request");
        Log(state, run, finished, "ERROR", error);
    }

    private static void Log(EmulatorState state, ScheduledRun run, DateTimeOffset at, string level, string message) =>
        state.AddLogs([new LogRow(run.ExportId, run.InstanceId.ToString(), at, level, message)]);
}
