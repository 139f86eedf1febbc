using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Reads JSON as the client does, and compares objects with the JSON that they were read from.</summary>
internal static class WireRead
{
    // Other properties have the names of their fields.
    private static readonly Dictionary<string, string[]> PropertiesByField = new(StringComparer.Ordinal)
    {
        ["id"] = ["RunId", "BackfillId", "Id"],
        ["team_id"] = ["ProjectId"],
        ["team"] = ["ProjectId"],
        ["batch_export"] = ["BatchExportId"],
        ["batch_export_on_demand"] = ["BatchExportOnDemandId"],
        ["backfill"] = ["BackfillId"],
    };

    public static T As<T>(string json, Json.JsonRead<T> read) where T : class => WireJson.Read(System.Text.Encoding.UTF8.GetBytes(json), read)!;

    public static void AssertHolds(JsonNode? expected, object? actual, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.Where(field => field.Key != "previous"))
                    AssertHolds(value, Field(actual!, name), $"{path}/{name}");
                break;
            case JsonArray items:
                var list = ((IEnumerable)actual!).Cast<object?>().ToArray();
                Assert.Equal(items.Count, list.Length);
                for (var index = 0; index < list.Length; index++)
                    AssertHolds(items[index], list[index], $"{path}/{index}");
                break;
            case JsonValue text when actual is DateTimeOffset time:
                Assert.Equal(text.GetValue<DateTimeOffset>(), time);
                break;
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number:
                Assert.Equal(
                    number.Deserialize<double>(),
                    Convert.ToDouble(actual, CultureInfo.InvariantCulture));
                break;
            default:
                Assert.True(Equals(expected?.Deserialize<object>()?.ToString(), actual?.ToString()), $"{path}: {expected}, but {actual}");
                break;
        }
    }

    private static object? Field(object actual, string name)
    {
        if (actual is IDictionary dictionary)
            return dictionary.Contains(name) ? dictionary[name] : throw new KeyNotFoundException(name);

        if (actual is JsonElement element)
            return Json.PlainJson.From(element.GetProperty(name));

        var names = PropertiesByField.GetValueOrDefault(name) ?? [name.Replace("_", "", StringComparison.Ordinal)];
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.IgnoreCase;
        var property = names.Select(candidate => actual.GetType().GetProperty(candidate, any)).FirstOrDefault(found => found is not null);
        if (property is not null)
            return property.GetValue(actual);

        var unknown = (IDictionary<string, object?>)actual.GetType().GetProperty("AdditionalProperties")!.GetValue(actual)!;
        return unknown[name];
    }
}
