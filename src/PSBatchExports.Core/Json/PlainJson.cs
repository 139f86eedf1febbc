using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PSBatchExports.Time;

namespace PSBatchExports.Json;

/// <summary>
/// Converts JSON to plain .NET values and back: strings, numbers, bools, nulls, arrays, and case-insensitive dictionaries.
/// </summary>
internal static class PlainJson
{
    /// <summary>Reads the value at which a reader is.</summary>
    public static object? Read(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref json),
        JsonTokenType.StartArray => ReadArray(ref json),
        JsonTokenType.String => json.GetString(),
        JsonTokenType.Number => ReadNumber(json),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    public static object? From(JsonElement element)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(element.GetRawText()));
        json.Read();
        return Read(ref json);
    }

    public static IDictionary<string, object?> ToDictionary(Dictionary<string, JsonElement>? fields)
    {
        var plain = Empty();
        foreach (var (name, element) in fields ?? [])
            Add(ref plain, name, From(element));

        return plain;
    }

    /// <summary>A dictionary for the fields of an object.</summary>
    public static Dictionary<string, object?> Empty() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a field. Keys that differ only by case are all kept; the dictionary is then case-sensitive.</summary>
    public static void Add(ref Dictionary<string, object?> plain, string name, object? value)
    {
        if (plain.TryAdd(name, value))
            return;

        if (plain.Comparer == StringComparer.OrdinalIgnoreCase)
            plain = new Dictionary<string, object?>(plain, StringComparer.Ordinal);

        plain[name] = value;
    }

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

    private static Dictionary<string, object?> ReadObject(ref Utf8JsonReader json)
    {
        var plain = Empty();
        while (json.NextField(out var name))
            Add(ref plain, name, Read(ref json));

        return plain;
    }

    private static object?[] ReadArray(ref Utf8JsonReader json)
    {
        var items = new List<object?>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            items.Add(Read(ref json));

        return items.ToArray();
    }

    private static object ReadNumber(in Utf8JsonReader json) =>
        json.TryGetInt64(out var whole) ? whole
        : json.TryGetDecimal(out var exact) ? exact
        : json.GetDouble();
}
