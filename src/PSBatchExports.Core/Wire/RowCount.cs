using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>The response to counting rows.</summary>
internal sealed record RowCount
{
    [JsonPropertyName("count")]
    public long Count { get; init; }
}
