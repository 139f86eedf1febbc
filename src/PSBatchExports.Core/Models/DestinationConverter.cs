using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports.Models;

/// <summary>Reads and writes a <see cref="BatchExportDestination"/> without the fields that were not given.</summary>
internal sealed class DestinationConverter : JsonConverter<BatchExportDestination>
{
    public override BatchExportDestination? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (PlainJson.From(document.RootElement) is not Dictionary<string, object?> fields)
            return null;

        fields.Remove("type", out var type);
        fields.Remove("config", out var config);
        fields.Remove("integration", out var value);
        int? integration = value is long number and >= int.MinValue and <= int.MaxValue ? (int)number : null;
        return new()
        {
            Type = type?.ToString(),
            Config = config as IDictionary ?? new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase),
            Integration = integration,

            // Sent back, a null would remove the integration.
            IntegrationIsGiven = integration is not null,
            AdditionalProperties = fields,
        };
    }

    public override void Write(Utf8JsonWriter writer, BatchExportDestination value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.Type is not null)
            writer.WriteString("type", value.Type);

        writer.WritePropertyName("config");
        PlainJson.Write(writer, DestinationConfig.Protect(value.Config));

        if (value.Integration is { } integration)
            writer.WriteNumber("integration", integration);
        else if (value.IntegrationIsGiven)
            writer.WriteNull("integration");

        writer.WriteEndObject();
    }
}
