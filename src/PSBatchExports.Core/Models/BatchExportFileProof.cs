namespace PSBatchExports;

/// <summary>What was proven about the saved files of a window, or about one file.</summary>
public sealed record BatchExportFileProof : ServiceObject
{
    /// <summary>events, persons, sessions or hogql; null if unknown.</summary>
    public string? Model { get; init; }

    /// <summary>Start of the data, inclusive, in UTC; null if unknown.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>End of the data, exclusive, in UTC; null if unknown.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The highest level that was proven, with all levels below it; null for none.</summary>
    public ProofLevel? Level { get; init; }

    /// <summary>The number of rows in the files; null if they were not or cannot be counted.</summary>
    public long? RecordsFound { get; init; }

    /// <summary>The number of rows that the files should have; null if nothing says it.</summary>
    public long? RecordsExpected { get; init; }

    /// <summary>
    /// Whether the requested level was proven: false if something is wrong, and null if nothing is, but there was nothing to compare with.
    /// </summary>
    public bool? Complete { get; init; }

    /// <summary>What is wrong, and what could not be compared; empty for nothing.</summary>
    public IReadOnlyList<string> Problem { get; init; } = [];

    /// <summary>The run's UUID; null if unknown.</summary>
    public string? RunId { get; init; }

    /// <summary>The full path of the window's folder or of the file; null for a window that was not saved.</summary>
    public string? FullName { get; init; }

    /// <summary>The name of the window's folder or of the file; null for a window that was not saved.</summary>
    public string? Name => Path.GetFileName(FullName);

    /// <summary>The full path of the folder that it is in; null for a window that was not saved.</summary>
    public string? Folder => Path.GetDirectoryName(FullName);

    /// <summary>The full path.</summary>
    public override string ToString() => FullName ?? "";
}

/// <summary>What can be proven about saved files. Each value includes those before it.</summary>
public enum ProofLevel
{
    /// <summary>All files are there, with the bytes that were saved, and no others; no window is missing.</summary>
    Files,

    /// <summary>The files have as many rows as were exported.</summary>
    Counts,

    /// <summary>No row is there twice.</summary>
    Rows,
}
