using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>The answer to a new backfill or to a run that is exported again.</summary>
internal sealed record BackfillCreated
{
    [JsonPropertyName("backfill_id")]
    public string? BackfillId { get; init; }
}
