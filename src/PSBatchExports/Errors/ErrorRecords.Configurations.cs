using System.Management.Automation;
using Description = (string Id, System.Management.Automation.ErrorCategory Category, string Message, string Remedy);

namespace PSBatchExports.Errors;

/// <summary>Configurations that cannot be compared, written or applied.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord ConfigurationNotFound(string path) => Create(
        new ItemNotFoundException($"'{path}' does not exist."),
        "ConfigurationNotFound",
        ErrorCategory.ObjectNotFound,
        path,
        "Give a folder of configuration files, or one of them. To write them: Get-BatchExport | Export-BatchExportConfiguration <folder>.");

    public static ErrorRecord OverlayNotFound(string path) => Create(
        new ItemNotFoundException($"'{path}' does not exist."),
        "OverlayNotFound",
        ErrorCategory.ObjectNotFound,
        path,
        "Give an existing file as -Overlay, or leave it out.");

    public static ErrorRecord ReplaceNotAllowed(BatchExportConfigurationDifference difference)
    {
        var field = difference.Field.First(field => field.Path is "model" or "destination.type");
        return Create(
            new InvalidOperationException(
                $"'{DisplayText.Clean(difference.Name)}' is not replaced ({DisplayText.Clean(field.ToString())}). "
                + "Its runs, logs and backfills would be lost."),
            "ReplaceNotAllowed",
            ErrorCategory.InvalidOperation,
            difference,
            "Give -AllowReplace to delete the export and create another, or undo the change in the file.");
    }

    public static ErrorRecord PruneNotGiven(IReadOnlyList<BatchExportConfigurationDifference> differences) => Create(
        new InvalidOperationException(
            (differences.Count == 1
                ? "1 export without a file is not removed: "
                : FormattableString.Invariant($"{differences.Count} exports without a file are not removed: "))
            + $"{string.Join(", ", differences.Select(difference => DisplayText.Clean(difference.Name)))}."),
        "PruneNotGiven",
        ErrorCategory.InvalidOperation,
        differences,
        "Give -Prune to remove them, or write files for them: Get-BatchExport <name> | Export-BatchExportConfiguration <folder>.");

    public static ErrorRecord FolderOfSeveralProjects() => Invalid(
        "SeveralProjects",
        "The exports are of several projects, and a folder of configuration files describes one.",
        "Write each project to a folder of its own: Get-BatchExportProject | "
        + "ForEach-Object { $_ | Get-BatchExport | Export-BatchExportConfiguration \"./exports/$($_.ProjectId)\" }.");

    public static ErrorRecord CopyTargetsDiffer() => Invalid(
        "CopyTargetsDiffer",
        "The exports are of several projects, and so would be their copies.",
        "Name one target with -ToProjectId, and with -ToConnection where the exports came over several connections.");

    private static Description Configuration(Exception failure, ConfigurationFailure reason) => reason switch
    {
        ConfigurationFailure.NameNotUnique => (
            "NameNotUnique", ErrorCategory.InvalidData, failure.Message,
            "Exports are found by their names, so each needs its own: change it in a file, or Set-BatchExport <id> -Name <name>."),
        ConfigurationFailure.IntegrationNotFound => (
            "IntegrationNotFound", ErrorCategory.ObjectNotFound, failure.Message,
            "Create it in PostHog, or name another in the file or an overlay. To list them: Get-BatchExportIntegration."),
        ConfigurationFailure.Moved => (
            "ExportMoved", ErrorCategory.ResourceExists, failure.Message,
            "Somebody else may be at work. Run Compare-BatchExportConfiguration again and read the differences."),
        ConfigurationFailure.SecretMissing => (
            "SecretMissing", ErrorCategory.InvalidArgument, failure.Message,
            "Set the variable for this process, or name another in the file: \"env:NAME\"."),
        ConfigurationFailure.FolderEmpty => (
            "FolderEmpty", ErrorCategory.ObjectNotFound, failure.Message,
            "Check the path. To write files: Get-BatchExport | Export-BatchExportConfiguration <folder>."),
        ConfigurationFailure.FolderIncomplete => (
            "FolderIncomplete", ErrorCategory.InvalidData, failure.Message,
            "Correct the files that the other errors name, or give the folder instead of a file."),
        _ => (
            "Deserialized", ErrorCategory.InvalidArgument, failure.Message,
            "Pipe what Compare-BatchExportConfiguration returns directly into Sync-BatchExportConfiguration."),
    };
}
