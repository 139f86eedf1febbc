using System.Globalization;

namespace PSBatchExports.Emulator.State;

/// <summary>What the service logs about a scheduled run.</summary>
internal static class RunLog
{
    private static readonly TimeSpan UntilActivity = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenRetryAndFailure = TimeSpan.FromSeconds(18);

    public static IEnumerable<LogRow> Rows(ScheduledRun run)
    {
        if (run.DataIntervalStart is { } start)
        {
            var range = $"{WireTime.WithOffset(start)} - {WireTime.WithOffset(run.DataIntervalEnd)}";
            yield return Row(run, run.CreatedAt, "INFO", $"Batch exporting range {range}");
        }

        yield return Row(run, run.CreatedAt + UntilActivity, "DEBUG", "Starting activity");
        foreach (var row in FinalRows(run))
            yield return row;
    }

    /// <summary>The rows about the end of a run.</summary>
    public static IEnumerable<LogRow> FinalRows(ScheduledRun run)
    {
        if (run.FinishedAt is not { } finished)
            yield break;

        if (run.LatestError is { } error)
        {
            yield return Row(run, finished - BetweenRetryAndFailure, "WARNING", "Retrying after a failed request");
            yield return Row(run, finished, "ERROR", error);
        }
        else if (run.Status == RunStatus.Completed)
        {
            var records = run.ExpectedRecords.ToString(CultureInfo.InvariantCulture);
            yield return Row(run, finished, "INFO", $"Batch export finished successfully with {records} records");
        }
    }

    private static LogRow Row(ScheduledRun run, DateTimeOffset at, string level, string message) =>
        new(run.ExportId, run.InstanceId.ToString(), at, level, message);
}
