using System.Text.Json;
using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>An integration on the wire (docs/wire.md, section 16).</summary>
internal sealed record IntegrationRow
{
    [JsonPropertyName("id"), JsonRequired]
    public int Id { get; init; }

    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    [JsonPropertyName("config")]
    public JsonElement Config { get; init; }

    [JsonPropertyName("display_name")]
    public string? DisplayName { get; init; }

    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The name in the settings; null for kinds without one.</summary>
    [JsonIgnore]
    public string? ConfigName =>
        Config.ValueKind == JsonValueKind.Object
        && Config.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
}
