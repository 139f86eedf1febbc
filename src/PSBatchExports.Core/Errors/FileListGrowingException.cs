#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>A run has completed, but the service does not list all of its files yet (docs/wire.md, section 13).</summary>
public sealed class FileListGrowingException : InvalidOperationException
{
    internal FileListGrowingException(RunFileList list, int? missing) : base(Describe(list, missing)) => Run = list.Run;

    /// <summary>The list rests, but its files do not have all rows.</summary>
    internal FileListGrowingException(RunFileList list)
        : base($"Run {list.RunId} has completed, but the files that it lists have fewer rows than the {list.Run.RecordsCompleted} that it exported.") =>
        Run = list.Run;

    /// <summary>The run, with the files listed so far.</summary>
    public BatchExportRun Run { get; }

    private static string Describe(RunFileList list, int? missing)
    {
        var count = list.Files.Count == 1 ? "1 file" : FormattableString.Invariant($"{list.Files.Count} files");
        return missing is { } number
            ? $"Run {list.RunId} has completed, but its list of files is not whole: it has {count}, "
                + FormattableString.Invariant($"and the one with the number {number} is missing.")
            : $"Run {list.RunId} has completed, but its list of files still grows; it has {count} so far.";
    }
}
