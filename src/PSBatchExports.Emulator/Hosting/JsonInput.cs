using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>
/// Parses JSON and rejects lone surrogates, which .NET detects only when a string is read.
/// </summary>
internal static class JsonInput
{
    /// <exception cref="JsonException">The text is not valid JSON, or contains a lone surrogate.</exception>
    public static JsonNode? Parse(string json)
    {
        var node = JsonNode.Parse(json);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("A string contains a lone surrogate.", half);
        }

        return node;
    }
}
