using System.Management.Automation;

namespace PSBatchExports.Errors;

/// <summary>Integrations and projects that are not there, and exports that could not be switched.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord IntegrationNotFound(string name) => Create(
        new ItemNotFoundException($"No integration is named '{name}'."),
        "IntegrationNameNotFound",
        ErrorCategory.ObjectNotFound,
        name,
        "Check the name, the kind and the project. Names may have wildcards. To list all: Get-BatchExportIntegration.");

    public static ErrorRecord ProjectNameNotFound(string name) => Create(
        new ItemNotFoundException($"No project is named '{name}'."),
        "ProjectNameNotFound",
        ErrorCategory.ObjectNotFound,
        name,
        "Check the name. Names may have wildcards. To list all that the key can see: Get-BatchExportProject.");

    /// <summary>The error of an export that was not switched.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="again">The command that goes on with what is left.</param>
    /// <param name="plan">What was to be done.</param>
    /// <param name="context">The context of the failed request.</param>
    public static ErrorRecord SwitchFailed(
        IntegrationSwitchOutcome outcome, string again, IntegrationSwitchPlan plan, ErrorContext context)
    {
        var export = outcome.Switch.Name ?? outcome.Switch.BatchExportId;
        var cause = outcome.Failure is { } failure ? From(failure, export, context) : null;
        var (id, category, what, remedy) = outcome.Switch.Status switch
        {
            IntegrationSwitchStatus.TestFailed => (
                "SwitchTestFailed", ErrorCategory.InvalidResult,
                $"was not switched, because {plan.To.Name} failed a check of its destination: {TestText(outcome.FailedTest)}",
                $"Correct the cause, then run {again} again for what is left; -SkipTest switches without checks."),
            IntegrationSwitchStatus.RolledBack => (
                "SwitchRolledBack", ErrorCategory.InvalidResult,
                $"was switched in part, and was put back to {plan.From.Name}. {cause?.ErrorDetails.Message}".TrimEnd(),
                $"Run {again} again for what is left."),
            _ when outcome.IsUncertain && cause is not null => (
                "SwitchUncertain", cause.CategoryInfo.Category,
                $"may have been switched, but could not be read afterwards: {cause.ErrorDetails.Message}",
                $"{cause.ErrorDetails.RecommendedAction} Then run {again} again for what is left."),
            _ when cause is null => (
                "SwitchFailed", ErrorCategory.InvalidResult,
                "was not switched, or was changed by somebody else meanwhile.",
                $"See what it uses: Get-BatchExport {outcome.Switch.BatchExportId}. Then run {again} again for what is left."),
            _ => (
                "SwitchFailed", cause.CategoryInfo.Category,
                $"was not switched: {cause.ErrorDetails.Message}",
                $"{cause.ErrorDetails.RecommendedAction} Then run {again} again for what is left."),
        };
        var message = $"{export} {what}";
        return Create(outcome.Failure ?? new InvalidOperationException(message), id, category, outcome.Switch, remedy, message);
    }

    private static string TestText(DestinationTestResult? test) => AsSentence($"{test?.Name}: {test?.Message}".TrimEnd(' ', ':'));

    private static (string Id, ErrorCategory Category, string Message, string Remedy) Describe(IntegrationNameException failure) =>
        failure.Reason switch
        {
            IntegrationNameFailure.NotFound => (
                "IntegrationNotFound", ErrorCategory.ObjectNotFound, failure.Message,
                "Check the name or number and the project. To list all: Get-BatchExportIntegration."),
            IntegrationNameFailure.Ambiguous => (
                "IntegrationAmbiguous", ErrorCategory.InvalidArgument, failure.Message,
                "Give the number of the one that you mean."),
            IntegrationNameFailure.Same => (
                "IntegrationsSame", ErrorCategory.InvalidArgument, failure.Message,
                "Give another -To. To list all: Get-BatchExportIntegration."),
            _ => (
                "IntegrationKindsDiffer", ErrorCategory.InvalidArgument, failure.Message,
                "Give two of one kind: an export can only use an integration of the kind of its destination."),
        };
}
