namespace PSBatchExports;

/// <summary>A window of a ledger, and how far it has come.</summary>
public sealed record BatchExportLedgerEntry : ServiceObject
{
    /// <summary>events, persons, sessions or hogql.</summary>
    public required string Model { get; init; }

    /// <summary>Start of the data, inclusive, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>End of the data, exclusive, in UTC.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>One of <see cref="LedgerState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The run's UUID; null if none is known to have been started.</summary>
    public string? RunId { get; init; }

    /// <summary>The number of rows that the service says it exported; null until the run has completed, or if it does not say.</summary>
    public long? Records { get; init; }

    /// <summary>The saved files; empty until the window is saved, or if it has no rows.</summary>
    public IReadOnlyList<LedgerFile> Files { get; init; } = [];

    /// <summary>The size of all files in bytes; null until the window is saved.</summary>
    public long? Bytes { get; init; }

    /// <summary>The window's folder, relative to the ledger's, with slashes; null until the window is saved.</summary>
    public string? Folder { get; init; }

    /// <summary>When the window came into its state.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why the window failed; null if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The full path of the ledger.</summary>
    public string? Ledger { get; init; }

    /// <summary>The full path of the window's folder; null until the window is saved.</summary>
    public string? FullName => Folder is null || Ledger is null ? null
        : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Ledger)!, Folder));

    /// <summary>
    /// The newest run that was known before the request to start this window's run was sent; null if none was, or if no request is open.
    /// </summary>
    internal string? NewestRunBefore { get; init; }

    /// <summary>Names of files that an earlier save may have left in the window's folder.</summary>
    internal IReadOnlyList<string> EarlierFiles { get; init; } = [];

    /// <summary>"events, 2026-11-01 00:00:00Z to 2026-11-02 00:00:00Z".</summary>
    public override string ToString() => $"{Model}, {new TimeRange(Start, End)}";
}

/// <summary>A saved file of a window.</summary>
/// <param name="Name">The file's name in the window's folder.</param>
/// <param name="FileId">The file's UUID.</param>
/// <param name="Length">The size in bytes.</param>
/// <param name="Sha256">The SHA-256 of the content as it was saved, in lower-case hex digits.</param>
/// <param name="ETag">The storage's entity tag; null if it sent none.</param>
/// <param name="Records">The number of rows; null if they were not counted.</param>
/// <param name="Proof">How the content was verified when it was saved.</param>
public sealed record LedgerFile(
    string Name, string FileId, long Length, string Sha256, string? ETag, long? Records, FileProof Proof)
{
    /// <summary>The file's name.</summary>
    public override string ToString() => Name;
}

/// <summary>States of a window.</summary>
public static class LedgerState
{
    /// <summary>No run was started, as far as the ledger knows.</summary>
    public const string Planned = "Planned";

    /// <summary>A run was started, or a request to start one was sent and its answer never came.</summary>
    public const string Started = "Started";

    /// <summary>The run has completed. Its files are not all saved.</summary>
    public const string Completed = "Completed";

    /// <summary>All files of the run are in the window's folder.</summary>
    public const string Saved = "Saved";

    /// <summary>The run failed, or its files are gone.</summary>
    public const string Failed = "Failed";
}
