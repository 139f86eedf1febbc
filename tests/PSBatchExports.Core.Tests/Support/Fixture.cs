using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests;

/// <summary>The recorded bodies of the contract.</summary>
internal static class Fixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "contract", "fixtures");

    public static IEnumerable<string> Names { get; } =
        [
            .. Directory.EnumerateFiles(Folder, "*.json")
                .Select(path => Path.GetFileName(path)[..^".json".Length])
                .Order(StringComparer.Ordinal),
        ];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name + ".json"));

    public static JsonObject Object(string name) => JsonNode.Parse(Text(name))!.AsObject();

    /// <summary>The status in the name; 0 for a request.</summary>
    public static int StatusOf(string name) =>
        int.TryParse(name.Split('.')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0;

    /// <summary>The body, if it is a JSON object.</summary>
    public static JsonObject? BodyOf(string name) => IsHttp(name) ? Object(name)["body"] as JsonObject : Object(name);

    /// <summary>The recorded response, for the emulator to return instead of its own.</summary>
    public static Fault AsAnswer(string name)
    {
        if (!IsHttp(name))
            return new Fault { Status = StatusOf(name), Body = Text(name) };

        var recorded = Object(name);
        return new Fault
        {
            Status = recorded["status"]!.GetValue<int>(),
            Headers = recorded["headers"]!.AsObject().ToDictionary(
                header => header.Key,
                header => header.Value!.GetValue<string>(),
                StringComparer.OrdinalIgnoreCase),
            Body = recorded["body"] switch
            {
                null => null,
                JsonValue text when text.TryGetValue(out string? raw) => raw,
                var json => json.ToJsonString(),
            },
        };
    }

    private static bool IsHttp(string name) => name.EndsWith(".http", StringComparison.Ordinal);
}
