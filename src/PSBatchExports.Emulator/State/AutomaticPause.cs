namespace PSBatchExports.Emulator.State;

/// <summary>Pauses an export after repeated failures, and cancels its backfills.</summary>
internal static class AutomaticPause
{
    private const string Message =
        "Batch export was automatically paused due to exceeding failure threshold and exhausting all automated retries."
        + "The batch export can be unpaused after addressing any errors.";

    /// <summary>Counts failures among the export's latest runs, whatever started them; only <c>Failed</c> counts.</summary>
    /// <param name="state">Holds the export.</param>
    /// <param name="failed">The run that has just failed.</param>
    /// <param name="threshold">Number of failures that pause the export; 0 to never pause it.</param>
    /// <param name="at">When it failed.</param>
    public static void AfterFailure(EmulatorState state, ScheduledRun failed, int threshold, DateTimeOffset at)
    {
        if (threshold == 0 || state.FindExport(failed.ExportId) is not { } export)
            return;

        var failures = state.GetOrAddRuns(export.Id).ByCreation
            .OrderByDescending(r => r.LastUpdatedAt)
            .Take(Window(export.Interval))
            .Count(r => r.Status == RunStatus.Failed);
        if (failures < threshold)
            return;

        foreach (var backfill in state.Backfills.Where(b => b.ExportId == export.Id && RunStatus.IsActive(b.StatusAt(at))))
            state.CancelBackfill(backfill, at);
        if (export.Paused)
            return;

        Pause(state, export, failed, at);
    }

    /// <summary>Pauses an export because of a failure.</summary>
    public static void Pause(EmulatorState state, StoredExport export, ScheduledRun failed, DateTimeOffset at)
    {
        export.Paused = true;
        export.LastPausedAt = at;
        export.LastUpdatedAt = at;
        state.AddLogs([new LogRow(export.Id, failed.InstanceId.ToString(), at, "WARNING", Message)]);
    }

    private static int Window(string interval) => interval switch
    {
        "day" => 7,
        "week" => 4,
        "hour" => 24,
        _ => (int)(TimeSpan.FromHours(1) / Intervals.LengthOf(interval)),
    };
}
