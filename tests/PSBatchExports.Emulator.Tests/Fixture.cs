using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Tests;

/// <summary>A recorded body of the wire contract, with its status and headers.</summary>
public sealed record Fixture(string Name, int Status, IReadOnlyDictionary<string, string> Headers, JsonNode? Body)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "contract", "fixtures");

    public static IEnumerable<string> AllNames =>
        Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileName(f)[..^".json".Length]).Order(StringComparer.Ordinal);

    public static JsonNode Json(string name) => Parse(name) ?? throw new InvalidDataException(name);

    public static Fixture Read(string name)
    {
        var json = Parse(name);
        if (!name.EndsWith(".http", StringComparison.Ordinal))
            return new Fixture(name, StatusOf(name), new Dictionary<string, string> { ["Content-Type"] = "application/json" }, json);

        var headers = json!["headers"]!.AsObject().ToDictionary(h => h.Key, h => h.Value!.GetValue<string>());
        return new Fixture(name, json["status"]!.GetValue<int>(), headers, json["body"]);
    }

    private static JsonNode? Parse(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));

    private static int StatusOf(string name) => int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture);
}
