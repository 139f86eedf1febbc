using System.Text.Json.Serialization;

namespace PSBatchExports.Proofs;

/// <summary>The files of several runs.</summary>
internal sealed record Manifest
{
    public string? Model { get; init; }

    public IReadOnlyList<ManifestRun>? Runs { get; init; }
}

internal sealed record ManifestRun
{
    public string? RunId { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public long? Records { get; init; }

    public IReadOnlyList<ManifestFile>? Files { get; init; }
}

internal sealed record ManifestFile
{
    /// <summary>Relative to the manifest's folder, with slashes; null if the file has only an address.</summary>
    public string? Path { get; init; }

    public string? Name { get; init; }

    public long? Length { get; init; }

    public string? Sha256 { get; init; }

    public string? Etag { get; init; }

    public long? Records { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
