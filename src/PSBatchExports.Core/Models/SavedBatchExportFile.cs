using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>A completely saved file.</summary>
public sealed record SavedBatchExportFile : ServiceObject
{
    private const string FileSystem = @"Microsoft.PowerShell.Core\FileSystem::";

    /// <summary>The full path.</summary>
    public required string FullName { get; init; }

    /// <summary>
    /// The full path for PowerShell, which takes a property of this name from the pipeline literally; one named Path would be a pattern, in
    /// which brackets match other files.
    /// </summary>
    public string PSPath => FileSystem + FullName;

    /// <summary>The file's name without its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of its folder.</summary>
    public string? Folder => Path.GetDirectoryName(FullName);

    /// <summary>The size in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The number of rows; null without <see cref="SaveOptions.Verify"/>, and if they cannot be counted.</summary>
    public long? Records { get; init; }

    /// <summary>How the content was verified.</summary>
    public FileProof Proof { get; init; }

    /// <summary>The run's UUID.</summary>
    public required string RunId { get; init; }

    /// <summary>The file's UUID.</summary>
    public required string FileId { get; init; }

    /// <summary>The index in the service's order, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The storage's entity tag; null if it sent none.</summary>
    public string? ETag { get; init; }

    /// <summary>Whether an interrupted download was continued.</summary>
    public bool Resumed { get; init; }

    /// <summary>Whether the same file was already there, so that nothing was downloaded.</summary>
    public bool WasPresent { get; init; }

    /// <summary>The time from the first request for the file to its final name.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What is known of its run; null if it was not read from a list.</summary>
    internal RunFacts? Run { get; init; }

    /// <summary>The full path.</summary>
    public override string ToString() => FullName;
}

/// <summary>How the content of a saved file was verified. Each value is stronger than the one before it.</summary>
public enum FileProof
{
    /// <summary>The length matches the storage's.</summary>
    Length,

    /// <summary>All files of the run together have as many rows as the service exported.</summary>
    Rows,

    /// <summary>The content matches the storage's entity tag, byte by byte.</summary>
    Bytes,
}
