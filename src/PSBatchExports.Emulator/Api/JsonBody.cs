using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Reads request bodies.</summary>
internal static class JsonBody
{
    public static JsonNode? Parse(EmulatorRequest request)
    {
        if (request.Body.Length == 0)
            return new JsonObject();

        var type = request.Header("Content-Type") ?? "";
        if (!type.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw Problem.MediaType(type);

        try
        {
            var node = JsonInput.Parse(request.Body);
            // JsonObject detects duplicate names only on access.
            _ = node is JsonObject { Count: > 0 } fields && fields.ContainsKey("");
            return node;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw Problem.Parse("JSON parse error - " + Describe(request.Body, error as JsonException));
        }
    }

    private static string Describe(string body, JsonException? error)
    {
        var line = (int)(error?.LineNumber ?? 0);
        var column = (int)(error?.BytePositionInLine ?? 0);
        var lines = body.Split('\n');
        var start = lines.Take(line).Sum(l => l.Length + 1);
        // The reader stops inside an invalid literal; the service reports where it starts.
        while (column > 0 && column <= lines[line].Length && char.IsLetter(lines[line][column - 1]))
            column--;
        return FormattableString.Invariant($"Expecting value: line {line + 1} column {column + 1} (char {start + column})");
    }
}
