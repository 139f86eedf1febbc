using System.Globalization;
using System.Text.Json;

namespace PSBatchExports.Configurations;

/// <summary>Finds the line of each value of a JSON text.</summary>
internal static class JsonPlaces
{
    /// <summary>The paths of all values, such as destination.config.prefix or filters[0].value, each with its line, from 1 on.</summary>
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    public static IReadOnlyList<(string Path, int Line)> In(ReadOnlySpan<byte> json)
    {
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var reader = new Utf8JsonReader(json, options);
        var places = new List<(string, int)>();
        var open = new Stack<Container>();
        var name = "";
        var (line, counted) = (1, 0);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += json[counted..start].Count((byte)'\n');
            counted = start;
            Check(reader, line);
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = Join(open.TryPeek(out var owner) ? owner.Path : "", reader.GetString()!);
                places.Add((name, line));
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            var path = open.TryPeek(out var container) && container.IsArray ? container.NextItem() : name;
            if (container is { IsArray: true })
                places.Add((path, line));

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open.Push(new Container(path, reader.TokenType == JsonTokenType.StartArray));
        }

        return places;
    }

    /// <summary>The path of a value in the object at another path.</summary>
    public static string Join(string parent, string name) =>
        name.AsSpan().IndexOfAny('.', '[') >= 0 ? $"{parent}['{name.Replace("'", "''", StringComparison.Ordinal)}']"
        : parent.Length == 0 ? name
        : $"{parent}.{name}";

    // The reader finds these mistakes only when a value is taken.
    private static void Check(in Utf8JsonReader reader, int line)
    {
        try
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                reader.GetString();
            else if (reader.TokenType is JsonTokenType.Number && !double.IsFinite(reader.GetDouble()))
                throw new JsonException("The number is too large.", path: null, lineNumber: line - 1, bytePositionInLine: null);
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException(failure.Message, path: null, lineNumber: line - 1, bytePositionInLine: null, failure);
        }
    }

    private sealed class Container(string path, bool isArray)
    {
        private int _count;

        public string Path => path;

        public bool IsArray => isArray;

        public string NextItem() => string.Create(CultureInfo.InvariantCulture, $"{path}[{_count++}]");
    }
}
