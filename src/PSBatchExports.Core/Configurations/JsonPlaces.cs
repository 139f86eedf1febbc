using System.Globalization;
using System.Text.Json;

namespace PSBatchExports.Configurations;

/// <summary>Finds the line of each value of a JSON text.</summary>
internal static class JsonPlaces
{
    /// <summary>The paths of all values, such as destination.config.prefix or filters[0].value, each with its line, from 1 on.</summary>
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
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = PathOf(open, reader.GetString()!);
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

    private static string PathOf(Stack<Container> open, string name) =>
        open.TryPeek(out var container) && container.Path.Length > 0 ? $"{container.Path}.{name}" : name;

    private sealed class Container(string path, bool isArray)
    {
        private int _count;

        public string Path => path;

        public bool IsArray => isArray;

        public string NextItem() => string.Create(CultureInfo.InvariantCulture, $"{path}[{_count++}]");
    }
}
