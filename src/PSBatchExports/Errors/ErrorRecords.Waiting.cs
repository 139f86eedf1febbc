using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>Runs and backfills that were waited for and did not complete.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord WaitEnded(BatchExportRun run)
    {
        var (status, reason) = (DisplayText.Clean(run.Status), DisplayText.Clean(run.LatestError) is { } error ? $": {Sentence(error)}" : ".");
        var log = run.BatchExportId is { } export ? $" Its log: Get-BatchExportLog {export} -RunId {run.RunId}." : "";
        var (what, id, category, remedy) = run.Status switch
        {
            RunStatus.Cancelled => ("was cancelled", "RunCancelled", ErrorCategory.OperationStopped, "Start it again if its data is still wanted."),
            "FailedRetryable" or "TimedOut" or "Terminated" => (
                $"ended as {status}", "RunFailed", ErrorCategory.InvalidResult, $"Start it again: the reason may have gone away.{log}"),
            "FailedBilling" => (
                $"ended as {status}", "RunFailed", ErrorCategory.InvalidResult, "The project is over its billing limit. Raise it, then start the run again."),
            _ => ($"ended as {status}", "RunFailed", ErrorCategory.InvalidResult, $"Correct the cause, then start the run again.{log}"),
        };
        return Make(new InvalidOperationException($"Run {run.RunId} {what}{reason}"), id, category, run, remedy);
    }

    public static ErrorRecord WaitTimedOut(WaitOutcome outcome, TimeSpan timeout)
    {
        var ((_, id, export), run) = (outcome.Reference, outcome.Run);
        var which = export is null ? id : $"{id} -BatchExportId {export}";
        var after = FormattableString.Invariant($"{timeout.TotalSeconds:0.#} s");
        var counts = export is null ? " and still counts toward the limit of runs in progress" : "";
        var message = outcome.IsListOpen
            ? $"Run {id} has completed, but after {after} it was not certain that all of its files are listed."
            : outcome.LookedAt is not { } at
                ? $"Run {id} could not be looked at within {after}: no answer came."
                : $"Run {id} had not ended after {after}: at {ClockTime.Describe(at, TimeProvider.System.GetUtcNow())} local time it was "
                    + $"{DisplayText.Clean(run?.Status)}. It continues{counts}.";
        var stop = outcome.IsListOpen ? "" : $" To cancel it, which costs nothing: Stop-BatchExportRun {which}.";
        return Make(
            new TimeoutException(message),
            "WaitTimedOut",
            ErrorCategory.OperationTimeout,
            run ?? (object)id,
            $"To go on waiting, which starts nothing: Wait-BatchExportRun {which}.{stop}");
    }

    public static ErrorRecord BackfillEnded(BatchExportBackfill backfill)
    {
        var runs = $"Its runs: {RunsOf(backfill)}.";
        var (what, id, category, remedy) = backfill.Status == RunStatus.Cancelled
            ? ("was cancelled", "BackfillCancelled", ErrorCategory.OperationStopped,
                $"Start it again if its data is still wanted. The service also cancels backfills of an export that it pauses after failed runs. {runs}")
            : ($"ended as {DisplayText.Clean(backfill.Status)}", "BackfillFailed", ErrorCategory.InvalidResult, $"Start it again. {runs}");
        return Make(new InvalidOperationException($"Backfill {backfill.BackfillId} {what}."), id, category, backfill, remedy);
    }

    public static ErrorRecord BackfillLacksRuns(BatchExportBackfill backfill, IReadOnlyList<BatchExportRun> runs)
    {
        const int MaxNamed = 3;
        var total = backfill.Progress?.TotalRuns is { } all ? FormattableString.Invariant($" of its {all} runs") : runs.Count == 1 ? " run of it" : " runs of it";
        var named = runs.OrderBy(run => run.DataIntervalStart).Take(MaxNamed)
            .Select(run => $"{SpanText.Between(run.DataIntervalStart, run.DataIntervalEnd)} {DisplayText.Clean(run.Status)}{(DisplayText.Clean(run.LatestError) is { } error ? $", {error.TrimEnd('.')}" : "")}");
        var more = runs.Count > MaxNamed ? FormattableString.Invariant($"; and {runs.Count - MaxNamed} more") : "";
        return Make(
            new InvalidOperationException($"Backfill {backfill.BackfillId} has completed, but {runs.Count}{total} did not: {string.Join("; ", named)}{more}."),
            "BackfillRunsFailed",
            ErrorCategory.InvalidResult,
            backfill,
            $"Correct the cause, then export their intervals again: {RunsOf(backfill, runs.Select(run => run.Status).Distinct())} | Restart-BatchExportRun.");
    }

    public static ErrorRecord WaitTimedOut(BackfillWaitOutcome outcome, TimeSpan timeout)
    {
        var ((_, export, id), backfill) = (outcome.Reference, outcome.Backfill);
        var which = $"{backfill?.BackfillId ?? id} -BatchExportId {export}";
        var after = FormattableString.Invariant($"{timeout.TotalSeconds:0.#} s");
        var message = outcome.AreRunsUnknown
            ? $"Backfill {id} has completed, but after {after} it was not known whether all of its runs have."
            : outcome.LookedAt is not { } at
                ? $"Backfill {id} was not seen within {after}: the service did not show it yet, or did not answer."
                : $"Backfill {id} had not ended after {after}: at {ClockTime.Describe(at, TimeProvider.System.GetUtcNow())} local time it was "
                    + $"{DisplayText.Clean(backfill?.Status)}{(backfill?.Progress?.ToString() is { Length: > 0 } progress ? $", {progress}" : "")}. It continues.";
        var stop = outcome.AreRunsUnknown ? "" : $" To cancel it and its runs: Stop-BatchExportBackfill {which}.";
        return Make(
            new TimeoutException(message),
            "WaitTimedOut",
            ErrorCategory.OperationTimeout,
            backfill ?? (object)id,
            $"To go on waiting, which starts nothing: Wait-BatchExportBackfill {which}.{stop}");
    }

    // The runs of a backfill are made after it, but perhaps longer ago than the service looks back by itself.
    private static string RunsOf(BatchExportBackfill backfill, IEnumerable<string?>? statuses = null)
    {
        var status = statuses is null ? "" : $" -Status {string.Join(", ", statuses)}";
        var after = backfill.CreatedAt is { } made ? FormattableString.Invariant($" -After {made.UtcDateTime:yyyy-MM-ddTHH:mm}Z") : "";
        return $"Get-BatchExportRun {backfill.BatchExportId} -BackfillId {backfill.BackfillId}{status}{after}";
    }
}
