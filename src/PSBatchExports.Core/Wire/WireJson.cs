using System.Text.Json;
using System.Text.Unicode;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>Parses JSON from the service.</summary>
internal static class WireJson
{
    /// <summary>
    /// The largest known page has about a fifth of this: 500 exports with ten runs each. A value takes many times more memory than it takes
    /// in a body.
    /// </summary>
    private const int MaxValues = 500_000;

    /// <param name="json">The JSON; unpaired surrogates in it are replaced in place.</param>
    /// <param name="read">Reads the value.</param>
    /// <exception cref="JsonException">The JSON is not of that type.</exception>
    /// <exception cref="TooManyValuesException">The JSON has more values than any response of the service.</exception>
    public static T? Read<T>(Span<byte> json, JsonRead<T> read) where T : class
    {
        // The strings of unknown fields are decoded only when the caller reads them.
        if (!Utf8.IsValid(json))
            throw new JsonException("The text is not UTF-8.");

        LoneSurrogates.Replace(json);
        if (MayHaveTooManyValues(json) && HasTooManyValues(json))
            throw new TooManyValuesException("has more than 500,000 values, which none of the service's has");

        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            var value = reader.Object(read);
            reader.Read();
            return value;
        }
        catch (JsonException bad)
        {
            var path = JsonPath.At(json, reader.TokenStartIndex);
            throw new JsonException($"{path}: {bad.Message}", path, lineNumber: null, bytePositionInLine: null, bad);
        }
    }

    // Every value is the first of its object or array, or follows a comma. This also counts commas in strings.
    private static bool MayHaveTooManyValues(ReadOnlySpan<byte> json) =>
        json.Count((byte)',') + json.Count((byte)'[') + json.Count((byte)'{') >= MaxValues;

    private static bool HasTooManyValues(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var values = 0;
        while (values <= MaxValues && reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray))
                values++;
        }

        return values > MaxValues;
    }
}

/// <summary>JSON that would take too much memory and time. The message is a predicate without its subject.</summary>
internal sealed class TooManyValuesException(string message) : Exception(message);
