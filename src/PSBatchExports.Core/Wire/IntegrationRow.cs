using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>An integration on the wire (docs/wire.md, section 16).</summary>
internal sealed record IntegrationRow
{
    private IntegrationRow(ref Utf8JsonReader json)
    {
        var hasId = false;
        json.EnterObject();
        while (json.NextField(out var name))
        {
            hasId |= name == "id";
            switch (name)
            {
                case "id": Id = json.Required(json.Int()); break;
                case "kind": Kind = json.Text(); break;
                case "config": Config = JsonElement.ParseValue(ref json); break;
                case "display_name": DisplayName = json.Text(); break;
                case "created_at": CreatedAt = json.Time(); break;
                default: json.Skip(); break;
            }
        }

        if (!hasId)
            throw new JsonException("There is no id.");
    }

    internal static IntegrationRow Read(ref Utf8JsonReader json) => new(ref json);

    public int Id { get; init; }

    public string? Kind { get; init; }

    public JsonElement Config { get; init; }

    public string? DisplayName { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The name in the settings; null for kinds without one.</summary>
    public string? ConfigName =>
        Config.ValueKind == JsonValueKind.Object
        && Config.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
}
