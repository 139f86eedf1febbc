namespace PSBatchExports;

/// <summary>One part of an on-demand run's result (docs/wire.md, section 14).</summary>
public sealed record BatchExportFile : ServiceObject
{
    /// <summary>The file's UUID.</summary>
    public required string FileId { get; init; }

    /// <summary>The run it belongs to.</summary>
    public required string RunId { get; init; }

    /// <summary>Its place in the service's order, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The name under which it would be saved; null unless the URL was asked for.</summary>
    public string? Name { get; init; }

    /// <summary>Bytes; null unless the URL was asked for.</summary>
    public long? Length { get; init; }

    /// <summary>The storage's validator; null unless the URL was asked for.</summary>
    public string? ETag { get; init; }

    /// <summary>The signed URL, to be used exactly as given; whoever has it can read the file. Null unless it was asked for.</summary>
    public string? Url { get; init; }

    /// <summary>When <see cref="Url"/> ends; null where the URL does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the run has no other file, so that it can be asked for without naming it.</summary>
    internal bool IsOnly { get; init; }

    /// <summary>The id.</summary>
    public override string ToString() => FileId;
}
