using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>
/// Reads JSON of which every text can be read: JSON may hold halves of characters, which .NET finds only when it is asked for the text.
/// </summary>
internal static class JsonInput
{
    /// <exception cref="JsonException">It is no JSON, or a text in it cannot be read.</exception>
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
            throw new JsonException("A text holds half of a character.", half);
        }

        return node;
    }
}
