using System.Text.Json;
using System.Text.Json.Serialization;

namespace PSBatchExports.Json;

/// <summary>Reads and writes any JSON value as a plain .NET value.</summary>
internal sealed class PlainValueConverter : JsonConverter<object?>
{
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return PlainJson.From(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options) => PlainJson.Write(writer, value);
}
