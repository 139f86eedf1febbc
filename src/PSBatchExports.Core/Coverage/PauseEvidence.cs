using System.Globalization;

namespace PSBatchExports.Coverage;

/// <summary>Who paused an export, as far as can be told.</summary>
/// <param name="IsByService">Whether it was the service, after failures.</param>
/// <param name="Reason">What this rests on.</param>
internal sealed record PauseEvidence(bool IsByService, string Reason)
{
    // The service compares failures with a threshold that it does not publish, when a run ends as failed.
    private const int MinFailures = 3;

    private const string LogText = "automatically paused due to exceeding failure threshold";

    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    /// <summary>What the newest runs say; null if they leave both possible.</summary>
    public static PauseEvidence? FromRuns(BatchExport export)
    {
        if (export.LastPausedAt is not { } at)
            return new PauseEvidence(false, "It is paused; the service does not say since when.");

        var last = export.LatestRuns?.FirstOrDefault(run => run.FinishedAt <= at + MaxDelay);
        return last?.Status == "Failed" ? null : new PauseEvidence(false, $"Paused at {Format(at)}; no run had just failed.");
    }

    /// <summary>What the newest runs say if there is nothing else to go by.</summary>
    public static PauseEvidence Guess(BatchExport export)
    {
        var at = export.LastPausedAt!.Value;
        var ended = export.LatestRuns!.Where(run => run.FinishedAt <= at + MaxDelay).ToArray();
        var failures = ended.TakeWhile(run => run.Status == "Failed").Count();
        var isClose = at - ended[0].FinishedAt < MaxDelay;
        var runs = failures == 1 ? "run" : "runs";
        var seen = FormattableString.Invariant($"Paused at {Format(at)}, after {failures} failed {runs} in a row");
        return isClose && failures >= MinFailures
            ? new PauseEvidence(true, $"{seen}: probably by the service. Its log was not readable.")
            : new PauseEvidence(false, $"{seen}: probably by somebody. Its log was not readable.");
    }

    /// <summary>What the export's log says.</summary>
    /// <param name="export">The export, with the time of the pause.</param>
    /// <param name="entries">The entries of that time.</param>
    public static PauseEvidence FromLog(BatchExport export, IEnumerable<BatchExportLogEntry> entries) =>
        entries.Any(entry => entry.Message?.Contains(LogText, StringComparison.OrdinalIgnoreCase) == true)
            ? new PauseEvidence(true, $"Paused at {Format(export.LastPausedAt!.Value)} by the service after failures, says its log.")
            : new PauseEvidence(false, $"Paused at {Format(export.LastPausedAt!.Value)}; its log names no pause by the service.");

    /// <summary>The entries of the log that can name a pause by the service.</summary>
    public static LogQuery LogQueryFor(BatchExport export) => new()
    {
        After = export.LastPausedAt!.Value - MaxDelay,
        Before = export.LastPausedAt!.Value + MaxDelay,
        Search = "automatically paused",
    };

    private static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
