namespace PSBatchExports.Configurations;

/// <summary>The JSON schema of configuration files, by which editors complete and check them.</summary>
internal static class ConfigurationSchema
{
    /// <summary>The name of the schema, with the version of the format.</summary>
    public const string FileName = "batch-export.v1.schema.json";

    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    public static string Text() => ConfigurationWriter.Write(
    [
        new("$schema", Draft),
        new("title", "Batch export"),
        new("description", "The configuration of a PostHog batch export, as PSBatchExports keeps it in a file."),
        new("type", "object"),
        new("required", Required(ConfigurationKey.All)),
        new("additionalProperties", false),
        new("properties", Map(ConfigurationKey.All.Select(key => (key.Name, (object?)Of(key))))),
        new("$defs", Map(("integration", Reference()))),
    ]);

    private static Dictionary<string, object?> Of(ConfigurationKey key)
    {
        var schema = key.Name switch
        {
            ConfigurationKey.Destination => Destination(),
            ConfigurationKey.OffsetDay => Map(("type", Nullable("integer")), ("minimum", 0L), ("maximum", 6L)),
            ConfigurationKey.OffsetHour => Map(("type", Nullable("integer")), ("minimum", 0L), ("maximum", 23L)),
            _ => OfKind(key.Kind, isNullable: !key.IsRequired, key.Values),
        };
        schema["description"] = key.Description;
        if (key.Default is { HasValue: true, Value: { } value })
            schema["default"] = value;

        return schema;
    }

    private static Dictionary<string, object?> Destination()
    {
        var schema = Map(
            ("type", "object"),
            ("required", Required(ConfigurationKey.OfDestination)),
            ("additionalProperties", false),
            ("properties", Map(
                (ConfigurationKey.DestinationType, Map(
                    ("type", "string"),
                    ("examples", DestinationType.All.Select(type => (object?)type.Name).ToArray()))),
                (ConfigurationKey.DestinationIntegration, Map(("$ref", "#/$defs/integration"))),
                (ConfigurationKey.DestinationConfig, Map(("type", "object"))))));
        schema["allOf"] = DestinationType.All.Select(object? (type) => Map(
            ("if", Map(("properties", Map((ConfigurationKey.DestinationType, Map(("const", type.Name))))))),
            ("then", Map(("properties", Map((ConfigurationKey.DestinationConfig, Config(type)))))))).ToArray();
        return schema;
    }

    private static Dictionary<string, object?> Config(DestinationType type)
    {
        var keys = type.Keys.Where(key => !key.IsServerOnly).ToArray();
        return Map(
            ("type", "object"),
            ("required", keys.Where(key => key is { IsRequired: true, IsSecret: false }).Select(key => (object?)key.Name).ToArray()),
            ("additionalProperties", false),
            ("properties", Map(keys.Select(key => (key.Name, (object?)Of(key))))));
    }

    private static Dictionary<string, object?> Of(DestinationKey key)
    {
        if (key.IsSecret)
        {
            return Map(
                ("type", "string"),
                ("pattern", "^env:."),
                ("description", "A secret: the name of an environment variable, such as env:NAME. It is read when the export is created."));
        }

        var schema = OfKind(key.Kind, isNullable: !key.IsRequired, key.Values);
        if (key.Default is { HasValue: true, Value: { } value })
            schema["default"] = value;

        return schema;
    }

    private static Dictionary<string, object?> Reference() => Map(
        ("type", "object"),
        ("description", "An integration of the project, by kind and name."),
        ("required", Required(ConfigurationKey.OfIntegration)),
        ("additionalProperties", false),
        ("properties", Map(ConfigurationKey.OfIntegration.Select(key => (key.Name, (object?)Of(key))))));

    // The service may know more values than this module: they are examples, not a limit.
    private static Dictionary<string, object?> OfKind(SettingKind kind, bool isNullable, IReadOnlyList<string>? values)
    {
        var schema = kind switch
        {
            SettingKind.Number => Map(("type", "integer")),
            SettingKind.Flag => Map(("type", "boolean")),
            SettingKind.Time => Map(("type", "string"), ("format", "date-time")),
            SettingKind.Lines => Map(("type", new object?[] { "string", "array" }), ("items", Map(("type", "string")))),
            SettingKind.Texts => Map(("type", "array"), ("items", Map(("type", "string")))),
            SettingKind.Objects => Map(("type", "array"), ("items", Map(("type", "object")))),
            SettingKind.Dictionary => Map(("type", "object")),
            _ => Map(("type", "string")),
        };
        if (isNullable)
            schema["type"] = schema["type"] is object?[] several ? [.. several, "null"] : Nullable((string)schema["type"]!);

        if (values is not null)
            schema["examples"] = values.Cast<object?>().ToArray();

        return schema;
    }

    private static object?[] Nullable(string type) => [type, "null"];

    private static object?[] Required(IReadOnlyList<ConfigurationKey> keys) =>
        [.. keys.Where(key => key.IsRequired).Select(key => key.Name)];

    private static Dictionary<string, object?> Map(params (string Key, object? Value)[] entries) => Map(entries.AsEnumerable());

    private static Dictionary<string, object?> Map(IEnumerable<(string Key, object? Value)> entries) =>
        entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
}
