namespace PSBatchExports.Proofs;

/// <summary>Files that belong together, and what is known about them: those of a window, or a single one.</summary>
internal sealed record ExpectedWindow
{
    /// <summary>The full path of the folder, or of the single file; null if the window was not saved.</summary>
    public required string? FullName { get; init; }

    public string? Model { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public string? RunId { get; init; }

    /// <summary>The number of rows of all files together; null if unknown.</summary>
    public long? Records { get; init; }

    /// <summary>What names the files, such as "the ledger"; null if nothing does.</summary>
    public string? Source { get; init; }

    public IReadOnlyList<ExpectedFile> Files { get; init; } = [];

    /// <summary>What is wrong already, before any file is read.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Windows with the same scope must not have rows in common. Null if only the rows of this window are compared.</summary>
    public string? RowScope { get; init; }

    /// <summary>Whether it is not a window, but one file for itself.</summary>
    public bool IsSingleFile { get; init; }

    /// <summary>Windows with the same key are the same.</summary>
    public string Key => FullName is not null ? $"{FullName}|{RunId}" : $"{RowScope}|{Start:O}|{End:O}|{RunId}";

    public long LengthOnDisk => Files.Sum(file => new FileInfo(file.FullName) is { Exists: true } there ? there.Length : 0);
}

/// <summary>A file, and what is known about it.</summary>
internal sealed record ExpectedFile
{
    public required string FullName { get; init; }

    public string Name => Path.GetFileName(FullName);

    public long? Length { get; init; }

    /// <summary>In hex digits.</summary>
    public string? Sha256 { get; init; }

    public string? ETag { get; init; }

    public long? Records { get; init; }
}
