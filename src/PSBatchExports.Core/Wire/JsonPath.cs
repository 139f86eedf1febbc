using System.Text.Json;

namespace PSBatchExports.Wire;

/// <summary>Says where in a text of JSON a value is: <c>$.results[3].id</c>.</summary>
internal static class JsonPath
{
    /// <param name="json">The text, which may be invalid after the offset.</param>
    /// <param name="offset">Where the value begins.</param>
    public static string At(ReadOnlySpan<byte> json, long offset)
    {
        var reader = new Utf8JsonReader(json);
        var steps = new string[reader.CurrentState.Options.MaxDepth + 2];
        var indexes = new int?[steps.Length];
        while (reader.TokenStartIndex < offset && CanRead(ref reader))
        {
            var depth = reader.CurrentDepth;
            if (reader.TokenType == JsonTokenType.PropertyName)
                steps[depth] = $".{reader.GetString()}";
            else if (indexes[depth] is { } index && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
                (steps[depth], indexes[depth]) = (FormattableString.Invariant($"[{index}]"), index + 1);

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                indexes[depth + 1] = reader.TokenType == JsonTokenType.StartArray ? 0 : null;
        }

        return "$" + string.Concat(steps[1..(reader.CurrentDepth + 1)]);
    }

    private static bool CanRead(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
