using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>The answer to a count of rows.</summary>
internal sealed record RowCount
{
    [JsonPropertyName("count")]
    public long Count { get; init; }
}
