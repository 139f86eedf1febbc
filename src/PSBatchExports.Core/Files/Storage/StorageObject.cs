using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Files.Storage;

/// <summary>An object as a response of the storage describes it (docs/wire.md, section 14).</summary>
internal sealed record StorageObject
{
    // The times that every file system supports. FAT has the smallest range.
    private static readonly DateTimeOffset MinTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset EndOfTime = new(2107, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The name to save it under, valid on every platform.</summary>
    public required string Name { get; init; }

    /// <summary>The length in bytes; null if the storage does not say.</summary>
    public long? Length { get; init; }

    /// <summary>The entity tag as sent; null for none.</summary>
    public string? ETag { get; init; }

    /// <summary>When the object was written; null if the storage does not say, or if file systems do not support that time.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The MD5 of the content in lowercase hex; null if the entity tag is not one.</summary>
    public string? Md5 { get; init; }

    /// <summary>The entity tag, if it may be that of an object that the service uploaded in parts; otherwise null.</summary>
    public string? PartTag { get; init; }

    /// <summary>Whether the response has neither a length nor an end: only <see cref="Md5"/> tells whether it is complete.</summary>
    public bool IsProvenByTagOnly { get; init; }

    /// <summary>The entity tag if it is strong, else null. Without one, ranges must not be combined.</summary>
    public string? Validator => ETag is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : null;

    public static StorageObject From(HttpResponseMessage response, BodyExtent extent, SignedUrl url, BatchExportFile file)
    {
        var tag = response.Headers.ETag?.ToString();
        var isEncrypted = IsEncryptedWithOtherKeys(response);
        return new StorageObject
        {
            Name = NameOf(response, url, file),
            Length = extent.ObjectLength,
            ETag = tag,
            ModifiedAt = response.Content.Headers.LastModified is { } time && time >= MinTime && time < EndOfTime ? time : null,
            IsProvenByTagOnly = extent is BodyExtent.Whole { EndsWithConnection: true },
            Md5 = isEncrypted ? null : Md5Of(tag),
            PartTag = !isEncrypted && tag is not null && extent.ObjectLength is { } length && MultipartTag.Fits(tag, length) ? tag : null,
        };
    }

    /// <summary>The name that the URL suggests. The storage's response may contain another.</summary>
    public static string ExpectedName(SignedUrl url, BatchExportFile file) =>
        SafeFileName.From(url.LastSegment is { Length: > 0 } segment ? segment : $"{file.RunId}-{file.Index}");

    private static string NameOf(HttpResponseMessage response, SignedUrl url, BatchExportFile file)
    {
        var disposition = response.Content.Headers.ContentDisposition;
        var name = (disposition?.FileNameStar ?? disposition?.FileName)?.Trim('"');
        return string.IsNullOrWhiteSpace(name) ? ExpectedName(url, file) : SafeFileName.From(name);
    }

    // With such keys the entity tag is unrelated to the MD5 of the content.
    private static bool IsEncryptedWithOtherKeys(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("x-amz-server-side-encryption-customer-algorithm", out _)
        || (response.Headers.NonValidated.TryGetValues("x-amz-server-side-encryption", out var kind)
            && kind.ToString().StartsWith("aws:kms", StringComparison.OrdinalIgnoreCase));

    private static string? Md5Of(string? tag) =>
        tag is ['"', .. var digest, '"'] && digest.Length == 32 && digest.All(char.IsAsciiHexDigit) ? digest.ToLowerInvariant() : null;
}
