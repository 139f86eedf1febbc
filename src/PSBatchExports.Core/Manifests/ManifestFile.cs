using PSBatchExports.Models;

namespace PSBatchExports.Manifests;

/// <summary>A file of a manifest: saved, or at the storage. Exactly one of <see cref="FullName"/> and <see cref="Url"/> is set.</summary>
internal sealed record ManifestFile
{
    public required string RunId { get; init; }

    public required string FileId { get; init; }

    public required string Name { get; init; }

    /// <summary>The full path of a saved file.</summary>
    public string? FullName { get; init; }

    /// <summary>The signed URL, which is a secret.</summary>
    public string? Url { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public long? Length { get; init; }

    /// <summary>In lower-case hex digits.</summary>
    public string? Sha256 { get; init; }

    public string? ETag { get; init; }

    public long? Records { get; init; }

    public FileKind Kind => FileFormats.OfName(Name);
}
