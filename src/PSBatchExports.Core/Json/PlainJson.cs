using System.Collections;
using System.Globalization;
using System.Text.Json;
using PSBatchExports.Time;

namespace PSBatchExports.Json;

/// <summary>
/// Converts JSON to plain .NET values and back: strings, numbers, bools, nulls, arrays, and case-insensitive dictionaries.
/// </summary>
internal static class PlainJson
{
    public static object? From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FromProperties(element.EnumerateObject().Select(property => (property.Name, property.Value))),
        JsonValueKind.Array => element.EnumerateArray().Select(From).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => FromNumber(element),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static IDictionary<string, object?> ToDictionary(Dictionary<string, JsonElement>? fields) =>
        FromProperties((fields ?? []).Select(field => (field.Key, field.Value)));

    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case IJsonValue written:
                written.Write(writer);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(WireTime.Format(time));
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case float number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case IDictionary dictionary:
                WriteObject(writer, dictionary);
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case IFormattable formattable:
                writer.WriteStringValue(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                throw new ArgumentException($"A value of type {value.GetType()} cannot be sent as JSON.", nameof(value));
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IDictionary dictionary)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!);
            Write(writer, entry.Value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Keys that differ only by case are all kept; the dictionary is then case-sensitive.</summary>
    private static Dictionary<string, object?> FromProperties(IEnumerable<(string Name, JsonElement Value)> properties)
    {
        var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in properties)
        {
            if (plain.TryAdd(name, From(value)))
                continue;

            if (plain.Comparer == StringComparer.OrdinalIgnoreCase)
                plain = new Dictionary<string, object?>(plain, StringComparer.Ordinal);

            plain[name] = From(value);
        }

        return plain;
    }

    private static object FromNumber(JsonElement element) =>
        element.TryGetInt64(out var whole) ? whole
        : element.TryGetDecimal(out var exact) ? exact
        : element.GetDouble();
}
