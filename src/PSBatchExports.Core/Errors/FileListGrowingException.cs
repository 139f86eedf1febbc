#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>A run has completed, but the service does not list all of its files yet (docs/wire.md, section 13).</summary>
public sealed class FileListGrowingException : InvalidOperationException
{
    internal FileListGrowingException(BatchExportRun run, int files, int? missing) : base(Describe(run, files, missing)) => Run = run;

    /// <summary>The list no longer grows, but its files have fewer rows than the run exported.</summary>
    internal FileListGrowingException(BatchExportRun run)
        : base($"Run {run.RunId} has completed, but the files that it lists have fewer rows than the {run.RecordsCompleted} that it exported.") =>
        Run = run;

    /// <summary>The run, with the files listed so far.</summary>
    public BatchExportRun Run { get; }

    private static string Describe(BatchExportRun run, int files, int? missing)
    {
        var count = files == 1 ? "1 file" : FormattableString.Invariant($"{files} files");
        return missing is { } number
            ? $"Run {run.RunId} has completed, but its list of files is not whole: it has {count}, "
                + FormattableString.Invariant($"and the one with the number {number} is missing.")
            : $"Run {run.RunId} has completed, but its list of files still grows; it has {count} so far.";
    }
}
