using System.Text.Json;

namespace PSBatchExports.Configurations;

/// <summary>The text of a file, with where each of its values is.</summary>
internal sealed class ConfigurationText
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, (string File, int Line)> _places;

    private ConfigurationText(string file, Dictionary<string, object?> values, Dictionary<string, (string, int)> places) =>
        (File, Values, _places) = (file, values, places);

    /// <summary>The full path of the file.</summary>
    public string File { get; }

    /// <summary>The plain values, by case-sensitive keys at the top and in the objects that configurations are made of.</summary>
    public Dictionary<string, object?> Values { get; }

    /// <exception cref="ConfigurationFileException">It cannot be read, or is no JSON object with each key once.</exception>
    public static ConfigurationText Read(string file)
    {
        byte[] bytes;
        try
        {
            bytes = System.IO.File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFileException(file, failure);
        }

        var json = WithoutMark(bytes);
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ConfigurationFileException(file, line: 1, "It is not a JSON object.");

            var places = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
            foreach (var (path, line) in JsonPlaces.In(json.Span))
            {
                if (!places.TryAdd(path, (file, line)))
                    throw new ConfigurationFileException(file, line, $"The key '{path}' occurs twice.");
            }

            return new(file, (Dictionary<string, object?>)OrdinalJson.From(document.RootElement)!, places);
        }
        catch (JsonException failure)
        {
            var line = failure.LineNumber is { } number ? (int)number + 1 : (int?)null;
            throw new ConfigurationFileException(file, line, $"It is not valid JSON: {failure.Message}");
        }
    }

    /// <summary>A copy over which the values of another text are laid: objects are merged, anything else is replaced.</summary>
    /// <param name="values">The values.</param>
    /// <param name="places">The other text.</param>
    /// <param name="path">The path of the values in the other text.</param>
    public ConfigurationText With(Dictionary<string, object?> values, ConfigurationText places, string path)
    {
        var merged = new Dictionary<string, (string, int)>(_places, StringComparer.Ordinal);
        var prefix = $"{path}.";
        foreach (var (key, place) in places._places)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                merged[key[prefix.Length..]] = place;
        }

        return new(File, Merge(Values, values), merged);
    }

    /// <summary>A problem with the value at a path, or with the nearest one around it.</summary>
    public ConfigurationProblem Problem(string path, string message)
    {
        for (var at = path; at.Length > 0; at = Parent(at))
        {
            if (_places.TryGetValue(at, out var place))
                return new(place.File, place.Line, message);
        }

        return new(File, 1, message);
    }

    private static string Parent(string path) => path.LastIndexOfAny(['.', '[']) is > 0 and var end ? path[..end] : "";

    private static Dictionary<string, object?> Merge(Dictionary<string, object?> below, Dictionary<string, object?> above)
    {
        var merged = new Dictionary<string, object?>(below, StringComparer.Ordinal);
        foreach (var (key, value) in above)
        {
            merged[key] = value is Dictionary<string, object?> inner && merged.GetValueOrDefault(key) is Dictionary<string, object?> old
                ? Merge(old, inner)
                : value;
        }

        return merged;
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) =>
        bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes.AsMemory(3) : bytes;
}
