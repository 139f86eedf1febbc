using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>Runs and backfills that did not complete while a cmdlet waited for them.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord WaitEnded(BatchExportRun run)
    {
        var status = DisplayText.Clean(run.Status);
        var reason = DisplayText.Clean(run.LatestError) is { } error ? $": {AsSentence(error)}" : ".";
        var log = run.BatchExportId is { } export ? $" Its log: Get-BatchExportLog {export} -RunId {run.RunId}." : "";
        var (what, id, category, remedy) = run.Status switch
        {
            RunStatus.Cancelled => (
                "was cancelled", "RunCancelled", ErrorCategory.OperationStopped,
                "Start it again if its data is still wanted."),
            "FailedRetryable" or "TimedOut" or "Terminated" => (
                $"ended as {status}", "RunFailed", ErrorCategory.InvalidResult,
                $"Start it again: the cause may be temporary.{log}"),
            "FailedBilling" => (
                $"ended as {status}", "RunFailed", ErrorCategory.InvalidResult,
                "The project is over its billing limit. Raise it, then start the run again."),
            _ => (
                $"ended as {status}", "RunFailed", ErrorCategory.InvalidResult,
                $"Correct the cause, then start the run again.{log}"),
        };
        return Create(new InvalidOperationException($"Run {run.RunId} {what}{reason}"), id, category, run, remedy);
    }

    public static ErrorRecord WaitTimedOut(WaitOutcome outcome, TimeSpan timeout)
    {
        var ((_, id, export), run) = (outcome.Reference, outcome.Run);
        var which = export is null ? id : $"{id} -BatchExportId {export}";
        var after = FormattableString.Invariant($"{timeout.TotalSeconds:0.#} s");
        var counts = export is null ? " and still counts toward the limit of runs in progress" : "";
        var message = (outcome.IsListOpen, outcome.LookedAt) switch
        {
            (true, _) => $"Run {id} has completed, but after {after} its list of files may still be incomplete.",
            (_, null) => $"Run {id} could not be polled within {after}: the service did not respond.",
            (_, { } at) =>
                $"Run {id} had not ended after {after}: at {LocalTime(at)} it was {DisplayText.Clean(run?.Status)}. It continues{counts}.",
        };
        var stop = outcome.IsListOpen ? "" : $" To cancel it at no cost: Stop-BatchExportRun {which}.";
        return Create(
            new TimeoutException(message),
            "WaitTimedOut",
            ErrorCategory.OperationTimeout,
            run ?? (object)id,
            $"To continue waiting: Wait-BatchExportRun {which}.{stop}");
    }

    public static ErrorRecord BackfillEnded(BatchExportBackfill backfill)
    {
        var runs = $"Its runs: {RunsOf(backfill)}.";
        var (what, id, category, remedy) = backfill.Status == RunStatus.Cancelled
            ? ("was cancelled", "BackfillCancelled", ErrorCategory.OperationStopped,
                "Start it again if its data is still wanted. "
                + $"The service also cancels backfills of an export that it pauses after failed runs. {runs}")
            : ($"ended as {DisplayText.Clean(backfill.Status)}", "BackfillFailed", ErrorCategory.InvalidResult,
                $"Start it again. {runs}");
        return Create(new InvalidOperationException($"Backfill {backfill.BackfillId} {what}."), id, category, backfill, remedy);
    }

    public static ErrorRecord BackfillLacksRuns(BatchExportBackfill backfill, IReadOnlyList<BatchExportRun> runs)
    {
        const int MaxNamed = 3;
        var total = backfill.Progress?.TotalRuns is { } all ? $" of its {all} runs" : runs.Count == 1 ? " run of it" : " runs of it";
        var named = string.Join("; ", runs.OrderBy(run => run.DataIntervalStart).Take(MaxNamed).Select(Describe));
        var more = runs.Count > MaxNamed ? $"; and {runs.Count - MaxNamed} more" : "";
        var statuses = runs.Select(run => run.Status).Distinct();
        return Create(
            new InvalidOperationException(FormattableString.Invariant(
                $"Backfill {backfill.BackfillId} has completed, but {runs.Count}{total} did not: {named}{more}.")),
            "BackfillRunsFailed",
            ErrorCategory.InvalidResult,
            backfill,
            $"Correct the cause, then export their intervals again: {RunsOf(backfill, statuses)} | Restart-BatchExportRun.");
    }

    private static string Describe(BatchExportRun run)
    {
        var error = DisplayText.Clean(run.LatestError) is { } text ? $", {text.TrimEnd('.')}" : "";
        return $"{SpanText.Between(run.DataIntervalStart, run.DataIntervalEnd)} {DisplayText.Clean(run.Status)}{error}";
    }

    public static ErrorRecord WaitTimedOut(BackfillWaitOutcome outcome, TimeSpan timeout)
    {
        var ((_, export, id), backfill) = (outcome.Reference, outcome.Backfill);
        var which = $"{backfill?.BackfillId ?? id} -BatchExportId {export}";
        var after = FormattableString.Invariant($"{timeout.TotalSeconds:0.#} s");
        var progress = backfill?.Progress?.ToString() is { Length: > 0 } text ? $", {text}" : "";
        var state = $"{DisplayText.Clean(backfill?.Status)}{progress}";
        var message = (outcome.AreRunsUnknown, outcome.LookedAt) switch
        {
            (true, _) => $"Backfill {id} has completed, but after {after} it was not known whether all of its runs have.",
            (_, null) => $"Backfill {id} was not found within {after}: the service did not list it yet, or did not respond.",
            (_, { } at) => $"Backfill {id} had not ended after {after}: at {LocalTime(at)} it was {state}. It continues.",
        };
        var stop = outcome.AreRunsUnknown ? "" : $" To cancel it and its runs: Stop-BatchExportBackfill {which}.";
        return Create(
            new TimeoutException(message),
            "WaitTimedOut",
            ErrorCategory.OperationTimeout,
            backfill ?? (object)id,
            $"To continue waiting: Wait-BatchExportBackfill {which}.{stop}");
    }

    private static string LocalTime(DateTimeOffset at) => $"{ClockTime.Describe(at, TimeProvider.System.GetUtcNow())} local time";

    // -After, because the runs may be older than the seven days that the service looks back by default.
    private static string RunsOf(BatchExportBackfill backfill, IEnumerable<string?>? statuses = null)
    {
        var statusArgument = statuses is null ? "" : $" -Status {string.Join(", ", statuses)}";
        var afterArgument = backfill.CreatedAt is { } createdAt
            ? FormattableString.Invariant($" -After {createdAt.UtcDateTime:yyyy-MM-ddTHH:mm}Z")
            : "";
        return $"Get-BatchExportRun {backfill.BatchExportId} -BackfillId {backfill.BackfillId}{statusArgument}{afterArgument}";
    }
}
