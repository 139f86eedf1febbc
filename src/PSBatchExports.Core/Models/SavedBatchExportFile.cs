namespace PSBatchExports;

/// <summary>A file that is whole on disk. No property is named Path: cmdlets would bind it as a pattern, and brackets in it would mean other files.</summary>
public sealed record SavedBatchExportFile : ServiceObject
{
    private const string FileSystem = @"Microsoft.PowerShell.Core\FileSystem::";

    /// <summary>The full path.</summary>
    public required string FullName { get; init; }

    /// <summary>The full path with PowerShell's provider before it, which the parameter -LiteralPath of its cmdlets takes from the pipeline.</summary>
    public string PSPath => FileSystem + FullName;

    /// <summary>The file's name without its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the folder that it is in.</summary>
    public string? Folder => Path.GetDirectoryName(FullName);

    /// <summary>Bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The rows in it, counted with -Verify; null without it, and where they cannot be counted.</summary>
    public long? Records { get; init; }

    /// <summary>What has been proven of it.</summary>
    public FileProof Proof { get; init; }

    /// <summary>The run it belongs to.</summary>
    public required string RunId { get; init; }

    /// <summary>The file's UUID.</summary>
    public required string FileId { get; init; }

    /// <summary>Its place in the service's order, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The storage's validator; null where it sent none.</summary>
    public string? ETag { get; init; }

    /// <summary>Whether an interrupted download was continued.</summary>
    public bool Resumed { get; init; }

    /// <summary>Whether the very same file was there already, so that nothing was fetched.</summary>
    public bool WasPresent { get; init; }

    /// <summary>Time from the first request for the file to its final name.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The full path.</summary>
    public override string ToString() => FullName;
}

/// <summary>What has been proven of a saved file. Each says more than the one before it.</summary>
public enum FileProof
{
    /// <summary>It has as many bytes as the storage says.</summary>
    Length,

    /// <summary>With the other files of its run, it has as many rows as the service says it exported.</summary>
    Rows,

    /// <summary>Its bytes give the entity tag that the storage has: each of them is right.</summary>
    Bytes,
}
