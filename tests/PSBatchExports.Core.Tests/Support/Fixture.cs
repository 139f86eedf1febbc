using System.Text.Json.Nodes;
using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests;

/// <summary>The recorded bodies of the contract.</summary>
internal static class Fixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "contract", "fixtures");

    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileName(path)[..^".json".Length]).Order(StringComparer.Ordinal)];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name + ".json"));

    public static JsonObject Object(string name) => JsonNode.Parse(Text(name))!.AsObject();

    public static int StatusOf(string name) => int.Parse(name.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The answer as the emulator would give it in place of its own.</summary>
    public static Fault AsAnswer(string name)
    {
        if (!name.EndsWith(".http", StringComparison.Ordinal))
            return new Fault { Status = StatusOf(name), Body = Text(name) };

        var recorded = Object(name);
        return new Fault
        {
            Status = recorded["status"]!.GetValue<int>(),
            Headers = recorded["headers"]!.AsObject().ToDictionary(header => header.Key, header => header.Value!.GetValue<string>(), StringComparer.OrdinalIgnoreCase),
            Body = recorded["body"] switch
            {
                null => null,
                JsonValue text when text.TryGetValue(out string? raw) => raw,
                var json => json.ToJsonString(),
            },
        };
    }
}
