using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>The response to starting a backfill or retrying a run.</summary>
internal sealed record BackfillCreated
{
    [JsonPropertyName("backfill_id")]
    public string? BackfillId { get; init; }
}
