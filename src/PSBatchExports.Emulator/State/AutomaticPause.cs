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
    public static void AfterFailure(EmulatorState state, ScheduledRun failed, int threshold)
    {
        if (threshold == 0 || state.Exports.FirstOrDefault(e => e.Id == failed.ExportId) is not { } export)
            return;

        var failures = state.GetOrAddRuns(export.Id)
            .OrderByDescending(r => r.LastUpdatedAt)
            .Take(Window(export.Interval))
            .Count(r => r.Status == RunStatus.Failed);
        if (failures < threshold)
            return;

        foreach (var backfill in state.Backfills.Where(b => b.ExportId == export.Id && RunStatus.IsActive(b.StatusAt(state.Now))))
            state.CancelBackfill(backfill);
        if (export.Paused)
            return;

        export.Paused = true;
        export.LastPausedAt = state.Now;
        export.LastUpdatedAt = state.Now;
        state.AddLogs([new LogRow(export.Id, failed.InstanceId.ToString(), state.Now, "WARNING", Message)]);
    }

    private static int Window(string interval) => interval switch
    {
        "day" => 7,
        "week" => 4,
        "hour" => 24,
        _ => (int)(TimeSpan.FromHours(1) / Intervals.LengthOf(interval)),
    };
}
