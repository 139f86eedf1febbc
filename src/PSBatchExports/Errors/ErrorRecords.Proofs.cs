using System.Management.Automation;

namespace PSBatchExports.Errors;

/// <summary>Errors of what saved files are compared with.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord PathNotFound(string path) => Create(
        new ItemNotFoundException($"There is no file or folder '{path}'."),
        "PathNotFound",
        ErrorCategory.ObjectNotFound,
        path,
        "Give the folder that the files were saved to, or a file.");

    public static ErrorRecord NothingToProve(string path, string runId) => Create(
        new ItemNotFoundException($"'{path}' has no files of run {runId}."),
        "RunNotSaved",
        ErrorCategory.ObjectNotFound,
        path,
        "Check the run and the folder, or save the run first.");

    public static ErrorRecord TemporaryFileFailed(FileSaveException failure) => Create(
        failure,
        "TemporaryFileNotWritable",
        failure.Reason == FileSaveFailure.DiskFull ? ErrorCategory.ResourceUnavailable : ErrorCategory.WriteError,
        failure.Path,
        $"The level Rows needs a temporary file. Make space in '{failure.Path}', or set the environment variable "
        + $"{(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")} to another folder; -Level Counts needs none.");

    public static ErrorRecord ProofFailed(Exception failure, string path) => Create(
        failure,
        failure is FormatException ? "LedgerInvalid" : "FileNotReadable",
        failure is FormatException ? ErrorCategory.InvalidData : ErrorCategory.ReadError,
        path,
        failure is FormatException
            ? "Restore the file from a backup, or test the files in the folder one by one."
            : "Check that the path may be read.");
}
