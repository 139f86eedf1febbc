using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>A file of an on-demand run (docs/wire.md, section 14).</summary>
public sealed record BatchExportFile : ServiceObject
{
    /// <summary>The file's UUID.</summary>
    public required string FileId { get; init; }

    /// <summary>The run's UUID.</summary>
    public required string RunId { get; init; }

    /// <summary>The index in the service's order, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The name under which it would be saved; null unless the URL was requested.</summary>
    public string? Name { get; init; }

    /// <summary>The size in bytes; null unless the URL was requested.</summary>
    public long? Length { get; init; }

    /// <summary>The storage's entity tag; null unless the URL was requested.</summary>
    public string? ETag { get; init; }

    /// <summary>The signed URL, to be used unchanged; anyone who has it can read the file. Null unless it was requested.</summary>
    public string? Url { get; init; }

    /// <summary>When <see cref="Url"/> expires; null if the URL does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What is known of its run; null if it was not read from a list.</summary>
    internal RunFacts? Run { get; init; }

    /// <summary>Whether this is the run's only file, which can be requested without its id.</summary>
    internal bool IsOnly { get; init; }

    /// <summary>The id.</summary>
    public override string ToString() => FileId;
}
