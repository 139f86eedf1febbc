using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>Reads JSON from outside.</summary>
internal static class WireJson
{
    /// <summary>
    /// The longest page that the service is known to send has about a fifth of this: 500 exports with ten runs each. What a value takes in
    /// memory is many times what it takes in a body.
    /// </summary>
    private const int MostValues = 500_000;

    /// <param name="json">The text; halves of characters in it are replaced in place.</param>
    /// <param name="type">What it is read as.</param>
    /// <exception cref="JsonException">It cannot be read as that.</exception>
    /// <exception cref="TooManyValuesException">It has more values than any answer of the service.</exception>
    public static T? Read<T>(Span<byte> json, JsonTypeInfo<T> type)
    {
        // The reader looks at texts only when they are asked for, which for fields that the module does not know is later, at the caller's.
        if (!Utf8.IsValid(json))
            throw new JsonException("The text is not UTF-8.");

        LoneSurrogates.Replace(json);
        if (MayHaveTooManyValues(json) && HasTooManyValues(json))
            throw new TooManyValuesException("has more than 500,000 values, which none of the service's has");

        return JsonSerializer.Deserialize(json, type);
    }

    // A value is the first of its text or list, or stands behind a comma; commas in texts are counted too.
    private static bool MayHaveTooManyValues(ReadOnlySpan<byte> json) =>
        json.Count((byte)',') + json.Count((byte)'[') + json.Count((byte)'{') >= MostValues;

    private static bool HasTooManyValues(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var values = 0;
        while (values <= MostValues && reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray))
                values++;
        }

        return values > MostValues;
    }

    /// <summary>Makes a type ready, beside whatever else goes on.</summary>
    public static Task<JsonTypeInfo<T>> PrepareAsync<T>(WireType<T> type) => Task.Run(() =>
    {
        var ready = type(WireContext.Default);
        JsonSerializer.Deserialize("null"u8, ready);
        return ready;
    });
}

#pragma warning disable CA1032, CA1064 // Does not leave this assembly.
/// <summary>A JSON text that would take too much memory and time. The message is the end of a sentence about it.</summary>
internal sealed class TooManyValuesException(string message) : Exception(message);
#pragma warning restore CA1032, CA1064
