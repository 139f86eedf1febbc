using System.Text.Json;

namespace PSBatchExports.Json;

/// <summary>Reads the value at which a reader is.</summary>
internal delegate T JsonRead<out T>(ref Utf8JsonReader json);

/// <summary>
/// Reads JSON value by value. The serializer would be shorter, but its code for a type is compiled when a process first reads that type.
/// A value of another kind than expected is a <see cref="JsonException"/>.
/// </summary>
internal static class JsonReading
{
    /// <summary>Enters an object.</summary>
    public static void EnterObject(ref this Utf8JsonReader json) => Expect(ref json, JsonTokenType.StartObject, "an object");

    /// <summary>Moves to the value of the next field; false at the end of the object.</summary>
    public static bool NextField(ref this Utf8JsonReader json, out string name)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        name = SharedText.Read(json);
        json.Read();
        return true;
    }

    /// <summary>An object; null for null.</summary>
    public static T? Object<T>(ref this Utf8JsonReader json, JsonRead<T> read) where T : class => IsNull(json) ? null : read(ref json);

    /// <summary>A list; null for null. One that holds null is refused: skipping an entry would shift later indexes.</summary>
    public static IReadOnlyList<T>? List<T>(ref this Utf8JsonReader json, JsonRead<T> read) where T : class
    {
        if (IsNull(json))
            return null;

        Expect(ref json, JsonTokenType.StartArray, "a list");
        var items = new List<T>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            items.Add(IsNull(json) ? throw Expected(json, "a value in the list") : read(ref json));

        return items.ToArray();
    }

    public static IReadOnlyList<string>? Texts(ref this Utf8JsonReader json) => json.List((ref json) => json.Text()!);

    public static string? Text(ref this Utf8JsonReader json) =>
        json.TokenType is JsonTokenType.String or JsonTokenType.Null ? json.GetString() : throw Expected(json, "a text");

    /// <summary>A text that repeats, such as a status, as one string each time.</summary>
    public static string? Shared(ref this Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String ? SharedText.Read(json) : json.Text();

    public static bool Flag(ref this Utf8JsonReader json) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Expected(json, "true or false");

    public static int? Int(ref this Utf8JsonReader json) =>
        IsNull(json) ? null
        : json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number) ? number
        : throw Expected(json, "a whole number of 32 bits");

    public static long? Long(ref this Utf8JsonReader json) =>
        IsNull(json) ? null
        : json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) ? number
        : throw Expected(json, "a whole number of 64 bits");

    public static double? Double(ref this Utf8JsonReader json) =>
        IsNull(json) ? null
        : json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var number) ? number
        : throw Expected(json, "a number");

    public static DateTimeOffset? Time(ref this Utf8JsonReader json) =>
        IsNull(json) ? null
        : json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out var time) ? time
        : throw Expected(json, "a time");

    /// <summary>Any value, as a plain .NET value.</summary>
    public static object? Plain(ref this Utf8JsonReader json) => PlainJson.Read(ref json);

    /// <summary>A value that must not be null.</summary>
    public static T Required<T>(this Utf8JsonReader json, T? value) where T : struct => value ?? throw Expected(json, "a value");

    /// <summary>Keeps a field that no model has.</summary>
    public static void Keep(ref this Utf8JsonReader json, string name, ref Dictionary<string, JsonElement>? unknown)
    {
        unknown ??= [];
        unknown[name] = JsonElement.ParseValue(ref json);
    }

    private static bool IsNull(in Utf8JsonReader json) => json.TokenType == JsonTokenType.Null;

    private static void Expect(ref Utf8JsonReader json, JsonTokenType token, string what)
    {
        if (json.TokenType != token)
            throw Expected(json, what);
    }

    private static JsonException Expected(in Utf8JsonReader json, string what) =>
        new($"Expected {what}, found {json.TokenType} at byte {json.TokenStartIndex}.");
}
