using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>The client was closed, before the request or during it.</summary>
public sealed class ClientClosedException : InvalidOperationException
{
    internal ClientClosedException(string host) : base($"The connection to {host} has been closed.") { }
}

/// <summary>The run has no files: it is still running, or ended without any.</summary>
public sealed class RunNotReadyException : InvalidOperationException
{
    internal RunNotReadyException(BatchExportRun run, SecretScrubber secrets) : base(secrets.Hide(Describe(run))) => Run = run;

    /// <summary>The run.</summary>
    public BatchExportRun Run { get; }

    private static string Describe(BatchExportRun run)
    {
        var status = DisplayText.Clean(run.Status);
        if (!run.IsFinished)
            return $"Run {run.RunId} is still {status}; its files come when it has completed.";

        var reason = DisplayText.Clean(run.LatestError) is { } error ? $": {error}" : ".";
        return $"Run {run.RunId} ended as {status} and has no files{reason}";
    }
}

/// <summary>A run has completed, but the service does not list all of its files yet (docs/wire.md, section 13).</summary>
public sealed class FileListGrowingException : InvalidOperationException
{
    internal FileListGrowingException(BatchExportRun run, int files, int? missing) : base(Describe(run, files, missing)) => Run = run;

    /// <summary>The list no longer grows, but its files have fewer rows than the run exported.</summary>
    internal FileListGrowingException(BatchExportRun run)
        : base(
            $"Run {run.RunId} has completed, "
            + $"but the files that it lists have fewer rows than the {run.RecordsCompleted} that it exported.") =>
        Run = run;

    /// <summary>The run, with the files listed so far.</summary>
    public BatchExportRun Run { get; }

    private static string Describe(BatchExportRun run, int files, int? missing)
    {
        var count = files == 1 ? "1 file" : FormattableString.Invariant($"{files} files");
        return missing is { } number
            ? $"Run {run.RunId} has completed, but its list of files is incomplete: it has {count}, "
                + FormattableString.Invariant($"and the one with the number {number} is missing.")
            : $"Run {run.RunId} has completed, but its list of files still grows; it has {count} so far.";
    }
}

/// <summary>The service has no checks for destinations of this type.</summary>
public sealed class NoDestinationTestsException : NotSupportedException
{
    internal NoDestinationTestsException(string type, SecretScrubber secrets)
        : base(secrets.Hide($"PostHog has no checks for destinations of type '{DisplayText.Clean(type)}'.")) => DestinationType = type;

    /// <summary>The destination type.</summary>
    public string DestinationType { get; }
}

/// <summary>An export runs in a way that this module does not know, so that its intervals cannot be told.</summary>
public sealed class UnknownScheduleException : NotSupportedException
{
    private UnknownScheduleException(string message, string remedy) : base(message) => Remedy = remedy;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    internal static UnknownScheduleException Interval(string? interval) => new(
        $"The interval '{DisplayText.Clean(interval)}' is not known here, so the times at which data is due are not, either.",
        "Update the module; the service may have a newer kind of schedule.");

    internal static UnknownScheduleException TimeZone(string name) => new(
        $"This machine does not know the time zone '{DisplayText.Clean(name)}', in which the export's days begin.",
        "Install the time zone data of the operating system (on Linux, the package tzdata), or update it.");
}

/// <summary>The windows of a ledger were exported with other settings, so that new ones would not belong to the same data.</summary>
public sealed class LedgerConflictException : InvalidOperationException
{
    internal LedgerConflictException(string folder, string model, string differences)
        : base($"The {model} in '{folder}' were exported with other settings: {differences}.") => Folder = folder;

    /// <summary>The full path of the ledger's folder.</summary>
    public string Folder { get; }
}

/// <summary>A ledger cannot be read: a line of it was changed, or a newer version of the module wrote it.</summary>
public sealed class LedgerException : FormatException
{
    internal LedgerException(string path, int line, Exception failure)
        : base(FormattableString.Invariant($"Line {line} of '{path}' cannot be read: {failure.Message.TrimEnd('.')}."), failure) =>
        (Ledger, Line) = (path, line);

    /// <summary>The full path of the ledger.</summary>
    public string Ledger { get; }

    /// <summary>The number of the line, from 1.</summary>
    public int Line { get; }
}
