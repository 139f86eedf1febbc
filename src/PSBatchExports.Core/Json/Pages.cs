using System.Text.Json.Serialization;

namespace PSBatchExports;

/// <summary>A page of a list that is read by limit and offset (docs/wire.md, section 5).</summary>
internal sealed record OffsetPage<T>
{
    [JsonPropertyName("count")]
    public long? Count { get; init; }

    [JsonPropertyName("next")]
    public string? Next { get; init; }

    [JsonPropertyName("results"), JsonRequired]
    public IReadOnlyList<T>? Results { get; init; }
}

/// <summary>A page of a list that is read by cursor (docs/wire.md, section 5).</summary>
internal sealed record CursorPage<T>
{
    [JsonPropertyName("next")]
    public string? Next { get; init; }

    [JsonPropertyName("results"), JsonRequired]
    public IReadOnlyList<T>? Results { get; init; }
}
