using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>Data that does not come, and gaps that are not filled.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord DataWillNotCome(BatchExportHealth health, DateTimeOffset until)
    {
        var (what, id, remedy) = health.Verdict == HealthVerdict.Ended
            ? ("has ended", "BatchExportEnded", "Give a later -EndAt with Set-BatchExport, or fill what is missing: "
                + $"Find-BatchExportGap {health.BatchExportId} | Repair-BatchExportGap.")
            : ("is paused", "BatchExportPaused", PauseRemedy(health));
        return Create(
            new InvalidOperationException(
                $"{Title(health)} {what}, and its data is whole only until {SpanText.Second(health.DataUntil)}, not until "
                + $"{SpanText.Second(until)}. {health.Reason}"),
            id,
            ErrorCategory.OperationStopped,
            health,
            remedy);
    }

    public static ErrorRecord DataTimedOut(DataWaitOutcome outcome, DateTimeOffset until, TimeSpan timeout)
    {
        var after = FormattableString.Invariant($"{timeout.TotalSeconds:0.#} s");
        var message = outcome.Health is { } health
            ? $"After {after} the data of {Title(health)} was whole until {SpanText.Second(health.DataUntil)}, not until "
                + $"{SpanText.Second(until)}. {health.Reason}"
            : $"The export {outcome.Reference.BatchExportId} could not be read within {after}.";
        return Create(
            new TimeoutException(message),
            "WaitTimedOut",
            ErrorCategory.OperationTimeout,
            outcome.Health ?? (object)outcome.Reference.BatchExportId,
            $"To continue waiting, run the same command again. What is missing: Find-BatchExportGap {outcome.Reference.BatchExportId}.");
    }

    public static ErrorRecord RepairCostUnknown(BatchExport export) => Create(
        new InvalidOperationException(
            $"{export.Name}: how many rows its gaps have cannot be estimated, because no interval of the window has a known number. "
            + "Nothing was started."),
        "RepairCostUnknown",
        ErrorCategory.InvalidOperation,
        export,
        "Give Find-BatchExportGap an earlier -After, or leave out -MaximumRecords.");

    public static ErrorRecord RepairTooLarge(long estimate, long max, int ranges) => Create(
        new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The {(ranges == 1 ? "range has" : $"{ranges} ranges have")} about {estimate:N0} rows, more than -MaximumRecords {max:N0}. "
            + $"Nothing was started.")),
        "RepairTooLarge",
        ErrorCategory.LimitsExceeded,
        max,
        "Give a larger -MaximumRecords, or fewer gaps.");

    public static ErrorRecord RepairFailed(RepairOutcome outcome, ErrorContext context)
    {
        var (repair, export) = (outcome.Repair, outcome.Plan.Export.Name ?? outcome.Repair.BatchExportId);
        var span = $"{export}, {SpanText.Between(repair.Start, repair.End)}";
        if (outcome.Failure is { } failure)
        {
            var error = From(failure, repair.BatchExportId, context);
            error.ErrorDetails = new ErrorDetails($"{span} was not filled: {error.ErrorDetails.Message}")
            {
                RecommendedAction = $"{error.ErrorDetails.RecommendedAction} Then find and repair the gaps again.",
            };
            return new ErrorRecord(failure, error.FullyQualifiedErrorId, error.CategoryInfo.Category, repair)
            {
                ErrorDetails = error.ErrorDetails,
            };
        }

        var resume = $"Resume-BatchExport {repair.BatchExportId}";
        var (id, category, what, remedy) = outcome.Problem switch
        {
            RepairProblem.CanaryFailed => (
                "RepairCanaryFailed", ErrorCategory.OperationStopped, "was not started, because the first interval failed",
                $"Correct the cause (Get-BatchExportLog {repair.BatchExportId} -Level ERROR; Test-BatchExport {repair.BatchExportId}), "
                + "then find and repair the gaps again."),
            RepairProblem.Paused => (
                "RepairPaused", ErrorCategory.OperationStopped, "was not filled, because the service paused the export after failed runs",
                $"Correct the cause (Test-BatchExport {repair.BatchExportId}), then {resume}, and find and repair the gaps again."),
            RepairProblem.InFlight => (
                "RepairInFlight", ErrorCategory.ResourceBusy, "was not started, because another backfill fills that time, or just did",
                $"Wait for it, then find the gaps again: Get-BatchExportBackfill {repair.BatchExportId} | Where-Object -not IsFinished | "
                + "Wait-BatchExportBackfill."),
            RepairProblem.TimedOut when repair.BackfillId is { } backfill => (
                "WaitTimedOut", ErrorCategory.OperationTimeout, "had not ended when the time was up; its backfill goes on",
                $"To continue waiting: Wait-BatchExportBackfill {backfill} -BatchExportId {repair.BatchExportId}."),
            RepairProblem.TimedOut => (
                "WaitTimedOut", ErrorCategory.OperationTimeout, "was not started before the time was up",
                "Find and repair the gaps again, or give a longer -TimeoutSec."),
            _ => (
                "RepairFailed", ErrorCategory.InvalidResult,
                $"was not filled: its backfill ended as {DisplayText.Clean(repair.Status)}{Runs(outcome)}",
                $"Correct the cause (Get-BatchExportLog {repair.BatchExportId} -Level ERROR), then find and repair the gaps again."),
        };
        return Create(new InvalidOperationException($"{span} {what}."), id, category, repair, remedy);
    }

    private static string Runs(RepairOutcome outcome)
    {
        const int MaxNamed = 3;
        if (outcome.NotCompleted.Count == 0)
            return "";

        var named = outcome.NotCompleted.OrderBy(run => run.DataIntervalStart).Take(MaxNamed).Select(Describe);
        var more = outcome.NotCompleted.Count > MaxNamed ? $"; and {outcome.NotCompleted.Count - MaxNamed} more" : "";
        return $": {string.Join("; ", named)}{more}";
    }

    private static string PauseRemedy(BatchExportHealth health)
    {
        var id = health.BatchExportId;
        return health.Verdict == HealthVerdict.PausedByService
            ? $"Correct the cause (Get-BatchExportLog {id} -Level ERROR; Test-BatchExport {id}), then resume it and fill what is missing: "
                + $"Resume-BatchExport {id}; Find-BatchExportGap {id} -IncludePaused | Repair-BatchExportGap."
            : $"Resume it, and fill the pause: Resume-BatchExport {id} -Backfill.";
    }

    private static string Title(BatchExportHealth health) => health.Name ?? health.BatchExportId;
}
