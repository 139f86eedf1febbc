using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the keys of a configuration and their types, and fills in defaults.</summary>
internal static class ConfigShape
{
    private const string Attribute = "destination__non_field_errors";

    /// <param name="stored">The configuration to merge into, on updates.</param>
    /// <param name="partial">Whether keys may be missing.</param>
    public static JsonObject Check(string type, JsonObject sent, JsonObject? stored, bool partial)
    {
        var keys = ConfigKeys.ForType(type);
        var names = keys.Select(k => k.Name);
        var unknown = sent.Select(p => p.Key).Except(names, StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw Problem.Invalid($"Configuration has unknown field/s: {string.Join(", ", unknown.Select(n => $"'{n}'"))}", Attribute);

        if (!partial && keys.FirstOrDefault(k => k.Required && !sent.ContainsKey(k.Name)) is { } missing)
            throw Problem.Invalid($"Configuration missing required field: '{missing.Name}'", Attribute);

        var accepted = new JsonObject();
        foreach (var (name, value) in sent)
            accepted[name] = Accept(keys.First(k => k.Name == name), value);
        return stored is null ? WithDefaults(keys, accepted) : Merge(stored, accepted);
    }

    private static JsonNode? Accept(ConfigKey key, JsonNode? value)
    {
        var got = PythonType.NameOf(value);
        if (key.Types.Contains(got, StringComparer.Ordinal) || (got == "NoneType" && key.AllowsNull))
            return value?.DeepClone();

        if (got == "str" && Convert(key.Types[0], value!.GetValue<string>()) is { } converted)
            return converted;

        if (got == "bool" && key.Types.Contains("int", StringComparer.Ordinal))
            return value!.DeepClone();

        throw Problem.Invalid($"Configuration has invalid type: got '{got}', expected '{key.Types[0]}'", Attribute);
    }

    private static JsonValue? Convert(string type, string text) => type switch
    {
        "bool" when text.Equals("true", StringComparison.OrdinalIgnoreCase) => JsonValue.Create(true),
        "bool" when text.Equals("false", StringComparison.OrdinalIgnoreCase) => JsonValue.Create(false),
        "int" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        _ => null,
    };

    private static JsonObject WithDefaults(IReadOnlyList<ConfigKey> keys, JsonObject config)
    {
        foreach (var key in keys.Where(k => k.Default is not null && !config.ContainsKey(k.Name)))
            config[key.Name] = key.Default!.DeepClone();
        return config;
    }

    private static JsonObject Merge(JsonObject stored, JsonObject sent)
    {
        var merged = stored.DeepClone().AsObject();
        foreach (var (name, value) in sent)
        {
            merged[name] = merged[name] is JsonObject inner && value is JsonObject changes
                ? Merge(inner, changes)
                : value?.DeepClone();
        }

        return merged;
    }
}
