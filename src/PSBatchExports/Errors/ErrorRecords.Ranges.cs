using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>Ranges that cannot be saved, windows that were not, and ledgers that cannot be read.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord RangeEmpty(DateTimeOffset start, DateTimeOffset end) => Invalid(
        "RangeEmpty",
        $"-DataIntervalEnd {SpanText.Second(end)} is not after -DataIntervalStart {SpanText.Second(start)}.",
        "Give a later end; the range is up to, but without it.");

    public static ErrorRecord RangeInFuture(DateTimeOffset end) => Invalid(
        "RangeInFuture",
        $"-DataIntervalEnd {SpanText.Second(end)} is in the future.",
        "Give an end that has passed, such as (Get-Date).Date; the same command with a later end adds what is new.");

    public static ErrorRecord WindowLength(string every) => Invalid(
        "InvalidWindowLength",
        $"-Every {every} is not between one minute and seven days, which is the most that a run takes.",
        "Give another length, such as 1d or 6h.");

    public static ErrorRecord LedgerUnreadable(Exception failure, string path) => failure switch
    {
        LedgerException => From(failure, path, ErrorContext.None),
        FileNotFoundException => Create(
            new ItemNotFoundException($"'{path}' has no ledger."),
            "LedgerNotFound",
            ErrorCategory.ObjectNotFound,
            path,
            "Give a folder into which Save-BatchExportRange saves, or its ledger.jsonl."),
        _ => Create(failure, "LedgerNotReadable", ErrorCategory.ReadError, path, "Check the file's permissions and its disk."),
    };

    public static ErrorRecord WindowFailed(RangeOutcome outcome, ErrorContext context)
    {
        var (window, span) = (outcome.Window, $"{outcome.Window.Model}, {SpanText.Between(outcome.Window.Start, outcome.Window.End)}");
        if (outcome is { Problem: RangeProblem.Failed, Failure: { } failure })
        {
            var error = From(failure, window.RunId ?? window.FullName ?? span, context);
            return new ErrorRecord(failure, error.FullyQualifiedErrorId, error.CategoryInfo.Category, window)
            {
                ErrorDetails = new ErrorDetails($"{span} is not saved: {error.ErrorDetails.Message}")
                {
                    RecommendedAction =
                        $"{error.ErrorDetails.RecommendedAction} Then run the same command again; it goes on where it ended.",
                },
            };
        }

        var (id, category, what, remedy) = outcome.Problem switch
        {
            RangeProblem.RunFailed => (
                "RunFailed", ErrorCategory.InvalidResult,
                $"is not saved: run {window.RunId} ended with the error: {DisplayText.Clean(window.Error)}",
                "Run the same command again, which starts another run; one that failed costs nothing. "
                + "If it fails again, give a shorter -Every for this time."),
            RangeProblem.RunUnknown => (
                "RunUnknown", ErrorCategory.InvalidResult,
                "may have been started, but its answer was lost, and it cannot be told whether it is one of these runs: "
                + string.Join(", ", outcome.Runs),
                "Look at them (Get-BatchExportFile), and wait for those of others to end. "
                + "-Force starts the window anyway, and may pay twice."),
            RangeProblem.FilesGone => (
                "FilesExpired", ErrorCategory.ResourceUnavailable,
                window.State == LedgerState.Saved
                    ? $"has lost saved files, and those of run {window.RunId} are no longer at the service"
                    : $"was exported by run {window.RunId}, but its files are no longer at the service",
                "-Force exports the window once more, which is billed again."),
            RangeProblem.OverBudget => (
                "OverBudget", ErrorCategory.LimitsExceeded,
                "was not started: with it, the runs of this command would export more rows than -MaximumRecords allows",
                "Run the same command again, or give a larger -MaximumRecords."),
            _ => throw new ArgumentException($"{outcome.Problem} without a failure is not an error of a window.", nameof(outcome)),
        };
        return Create(outcome.Failure ?? new InvalidOperationException($"{span} {what}."), id, category, window, remedy, $"{span} {what}.");
    }
}
