using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>A page of a list (docs/wire.md, section 5).</summary>
internal sealed record Page<T>
{
    /// <summary>The total number of items; null for lists with cursor pagination.</summary>
    [JsonPropertyName("count")]
    public long? Count { get; init; }

    [JsonPropertyName("next")]
    public string? Next { get; init; }

    [JsonPropertyName("results"), JsonRequired]
    public IReadOnlyList<T>? Results { get; init => field = NullGuard.RejectNulls(value); }
}
