namespace PSBatchExports.Emulator.History;

/// <summary>Marks what happened in the past of an export.</summary>
internal static class Incidents
{
    private static readonly HistoryIncident[] All = [.. Enum.GetValues<HistoryIncident>().Where(one => one != HistoryIncident.None)];
    private static readonly TimeSpan Pause = TimeSpan.FromDays(3);
    private static readonly TimeSpan PastPause = TimeSpan.FromDays(4);
    private static readonly TimeSpan ServicePause = TimeSpan.FromHours(36);
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(50);
    private static readonly TimeSpan Reaction = TimeSpan.FromHours(5);

    /// <summary>So late that a backfill selects events by the time at which they happened.</summary>
    private static readonly TimeSpan LateReaction = TimeSpan.FromDays(10);

    /// <summary>The incident of a sample export.</summary>
    public static HistoryIncident Of(int index) => All[index % All.Length];

    public static void Mark(ExportPast past, HistoryIncident incident)
    {
        switch (incident)
        {
            case HistoryIncident.Outage:
                Outage(past);
                break;
            case HistoryIncident.Repeated:
                Repeated(past);
                break;
            case HistoryIncident.PausedByUser:
                PausedByUser(past);
                break;
            case HistoryIncident.Resumed:
                Resumed(past);
                break;
            case HistoryIncident.Rerun:
                Rerun(past);
                break;
            case HistoryIncident.PartlyBackfilled:
                PartlyBackfilled(past);
                break;
            case HistoryIncident.CancelledRerun:
                CancelledRerun(past);
                break;
            case HistoryIncident.PausedByService:
                PausedByService(past);
                break;
            case HistoryIncident.Ended:
                Ended(past);
                break;
            case HistoryIncident.NeverRan:
                ExportPast.Omit(past.Intervals);
                break;
            case HistoryIncident.IntervalChanged:
                IntervalChanged(past);
                break;
            case HistoryIncident.OtherStatuses:
                OtherStatuses(past);
                break;
        }
    }

    private static void Outage(ExportPast past)
    {
        ExportPast.Omit(past.Stretch(0.3, 9));
        ExportPast.Omit(past.Stretch(0.98, 5));
        ExportPast.End(past.Newest(1), RunStatus.Failed, RunErrors.UploadExpired);
    }

    private static void Repeated(ExportPast past)
    {
        past.Backfill(past.Stretch(0.4, 3), Reaction);
        ExportPast.End(past.Newest(1), RunStatus.Running);
    }

    private static void PausedByUser(ExportPast past)
    {
        var at = past.Now - Shorter(Pause, past.Length / 4);
        past.OmitStarts(at, past.Now);
        (past.Export.Paused, past.Export.LastPausedAt, past.Export.LastUpdatedAt) = (true, at, at);
    }

    private static void Resumed(ExportPast past)
    {
        var pausedAt = past.TimeAt(0.5);
        var length = State.Intervals.LengthOf(past.Export.Interval);
        var resumedAt = pausedAt + Longer(Shorter(PastPause, past.Length / 6), length);
        past.OmitStarts(pausedAt, resumedAt);
        (past.Export.LastPausedAt, past.Export.LastUpdatedAt) = (pausedAt, resumedAt);
    }

    private static void Rerun(ExportPast past)
    {
        foreach (var (place, error) in new[] { (0.3, RunErrors.Unexpected), (0.8, RunErrors.UploadExpired) })
        {
            var failed = past.Stretch(place, 1);
            ExportPast.End(failed, RunStatus.Failed, error);
            past.Backfill(failed, Reaction);
        }

        past.Delay(past.Stretch(0.55, 3), Lateness);
    }

    private static void PartlyBackfilled(ExportPast past)
    {
        var failed = past.Stretch(0.5, 9);
        ExportPast.End(failed, RunStatus.Failed, RunErrors.UploadExpired);
        past.Backfill([.. failed.Take(Math.Max(1, failed.Count * 2 / 3))], Shorter(LateReaction, past.Length / 5));
        ExportPast.End(past.Stretch(0.97, 2), RunStatus.Failed, RunErrors.Unexpected);
    }

    private static void CancelledRerun(ExportPast past)
    {
        past.Backfill(past.Stretch(0.3, 1), Reaction, RunStatus.Cancelled);
        past.Backfill(past.Stretch(0.9, 1), Reaction, RunStatus.Cancelled);
        ExportPast.Empty(past.Stretch(0.6, 3));
    }

    private static void PausedByService(ExportPast past)
    {
        var until = past.Now - Shorter(ServicePause, past.Length / 6);
        past.OmitStarts(until, past.Now);
        var failed = past.Intervals.Where(interval => interval.HasRun).TakeLast(3).ToArray();
        ExportPast.End(failed, RunStatus.Failed, RunErrors.Unexpected);
        if (failed.Length > 0)
            failed[^1].PausesExport = true;
    }

    private static void Ended(ExportPast past)
    {
        var last = past.Stretch(0.9, 1);
        if (last.Count == 0)
            return;

        past.Export.EndAt = last[0].Interval.End;
        past.OmitStarts(last[0].StartsAt, past.Now);
    }

    private static void IntervalChanged(ExportPast past)
    {
        var export = past.Export;
        var (previous, current) = export.Interval switch
        {
            "week" => ("week", "day"),
            "day" => ("day", "hour"),
            "hour" => ("day", "hour"),
            var shorter => ("hour", shorter),
        };
        past.ChangeInterval(previous, export.OffsetHours, current, past.TimeAt(0.6));
    }

    private static void OtherStatuses(ExportPast past)
    {
        ExportPast.Omit(past.Stretch(0.15, 4));
        ExportPast.End(past.Stretch(0.25, 1), RunStatus.FailedBilling);
        ExportPast.End(past.Stretch(0.35, 1), RunStatus.TimedOut);
        ExportPast.End(past.Stretch(0.45, 1), RunStatus.Terminated);
        ExportPast.End(past.Stretch(0.55, 1), RunStatus.FailedRetryable, RunErrors.Unexpected);
        ExportPast.End(past.Stretch(0.65, 1), RunStatus.Cancelled);
        ExportPast.Empty(past.Stretch(0.75, 3));
        ExportPast.End(past.Stretch(0.96, 1), RunStatus.Failed, RunErrors.Unexpected);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
