using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Configurations;

/// <summary>Writes configurations so that the same export always gives the same text.</summary>
internal static class ConfigurationWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> KeepsOrder = new(
        [ConfigurationKey.Destination, ConfigurationKey.DestinationConfig, ConfigurationKey.DestinationIntegration],
        StringComparer.Ordinal);

    /// <summary>The text of the file of an export.</summary>
    /// <param name="export">The export.</param>
    /// <param name="integrations">The integrations of its project.</param>
    /// <param name="schema">The path of the schema, from the file.</param>
    public static string Write(BatchExport export, IntegrationCatalog integrations, string schema)
    {
        var normal = ConfigurationRules.Normalize(ExportValues.Of(export, integrations));
        var values = ConfigurationRules.WithoutDefaults(normal);
        if (values[ConfigurationKey.Destination] is Dictionary<string, object?> destination)
            AddSecrets(destination);

        if (values.GetValueOrDefault(ConfigurationKey.HogQLQuery) is string query && query.Contains('\n', StringComparison.Ordinal))
            values[ConfigurationKey.HogQLQuery] = query.Split('\n');

        var first = new Dictionary<string, object?>(StringComparer.Ordinal) { [ConfigurationKey.Schema] = schema };
        return Write(first.Concat(values));
    }

    /// <summary>JSON with LF at the end of each line on every platform.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, object?>> values)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            WriteObject(writer, values);

        return Encoding.UTF8.GetString(buffer.ToArray()).ReplaceLineEndings("\n") + "\n";
    }

    private static void AddSecrets(Dictionary<string, object?> destination)
    {
        var config = (Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!;
        var type = DestinationType.Find(destination[ConfigurationKey.DestinationType] as string);
        foreach (var key in type?.Keys.Where(key => key is { IsSecret: true, IsRequired: true }) ?? [])
            config[key.Name] = SecretReference.For(key.Name);
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> values)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in values)
        {
            writer.WritePropertyName(key);
            Write(writer, key, value);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string key, object? value)
    {
        switch (value)
        {
            case Dictionary<string, object?> inner:
                WriteObject(writer, KeepsOrder.Contains(key) ? inner : inner.OrderBy(entry => entry.Key, StringComparer.Ordinal));
                break;
            case object?[] list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, "", item);

                writer.WriteEndArray();
                break;
            default:
                PlainJson.Write(writer, value);
                break;
        }
    }
}
