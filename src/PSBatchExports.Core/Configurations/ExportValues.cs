using System.Collections;
using PSBatchExports.Integrations;
using PSBatchExports.Models;
using PSBatchExports.Time;

namespace PSBatchExports.Configurations;

/// <summary>The configuration of an export in the form of a file: names instead of numbers, and no secrets.</summary>
internal static class ExportValues
{
    private const string CopyInputs = "copy_inputs";

    public static Dictionary<string, object?> Of(BatchExport export, IntegrationCatalog integrations)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [ConfigurationKey.ExportName] = export.Name,
            [ConfigurationKey.Model] = export.Model,
            [ConfigurationKey.Interval] = export.Interval,
            [ConfigurationKey.TimeZone] = export.TimeZone,
            [ConfigurationKey.OffsetDay] = export.OffsetDay is { } day ? (long)day : null,
            [ConfigurationKey.OffsetHour] = export.OffsetHour is { } hour ? (long)hour : null,
            [ConfigurationKey.StartAt] = export.StartAt is { } start ? WireTime.Format(start) : null,
            [ConfigurationKey.EndAt] = export.EndAt is { } end ? WireTime.Format(end) : null,
            [ConfigurationKey.IncrementalMode] = export.IncrementalMode,
            [ConfigurationKey.Paused] = export.Paused,
            [ConfigurationKey.Destination] = OfDestination(export, integrations),
            [ConfigurationKey.Filters] = OrdinalJson.From(export.Filters),
            [ConfigurationKey.HogQLQuery] = export.HogQLQuery,
            [ConfigurationKey.HogQLModifiers] = OrdinalJson.From(export.HogQLModifiers),
            [ConfigurationKey.PrimaryKey] = OrdinalJson.From(export.PrimaryKey),
            [ConfigurationKey.VersionKey] = OrdinalJson.From(export.VersionKey),
        };
        return values;
    }

    /// <summary>The keys of an export's settings that this module does not know, and therefore does not write into files.</summary>
    public static IReadOnlyList<string> UnknownKeys(BatchExport export)
    {
        var names = export.Destination?.Config.Keys.Cast<object>().OfType<string>() ?? [];
        if (DestinationType.Find(export.Destination?.Type) is not { } type)
            return [.. names.Where(DestinationConfig.IsSecret).Order(StringComparer.Ordinal)];

        return
        [
            .. names
                .Where(name => type.Keys.All(key => key.Name != name) && !type.KeysHeldByIntegration.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static Dictionary<string, object?> OfDestination(BatchExport export, IntegrationCatalog integrations)
    {
        var destination = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [ConfigurationKey.DestinationType] = export.Destination?.Type,
        };
        if (export.Destination?.Integration is { } id)
            destination[ConfigurationKey.DestinationIntegration] = integrations.ReferenceTo(id);

        destination[ConfigurationKey.DestinationConfig] = OfConfig(export, integrations);
        return destination;
    }

    private static Dictionary<string, object?> OfConfig(BatchExport export, IntegrationCatalog integrations)
    {
        var type = DestinationType.Find(export.Destination?.Type);
        var config = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in export.Destination?.Config ?? new Dictionary<string, object?>())
        {
            var name = (string)entry.Key;
            if (IsWritten(type, name, export.Destination?.Integration is not null) && entry.Value is not DestinationSecret)
                config[name] = type is null ? WithoutSecrets(OrdinalJson.From(entry.Value)) : OrdinalJson.From(entry.Value);
        }

        if (config.GetValueOrDefault(CopyInputs) is Dictionary<string, object?> inputs)
            ReferToIntegrations(inputs, IntegrationReferences.Of(export), integrations);

        return config;
    }

    private static object? WithoutSecrets(object? value) => value switch
    {
        Dictionary<string, object?> inner => inner
            .Where(entry => !DestinationConfig.IsSecret(entry.Key))
            .ToDictionary(entry => entry.Key, entry => WithoutSecrets(entry.Value), StringComparer.Ordinal),
        object?[] list => list.Select(WithoutSecrets).ToArray(),
        _ => value,
    };

    private static bool IsWritten(DestinationType? type, string name, bool hasIntegration)
    {
        if (type is null)
            return !DestinationConfig.IsSecret(name);

        if (type.KeysHeldByIntegration.Contains(name))
            return !hasIntegration && type.Keys.Any(key => key.Name == name);

        return type.Keys.FirstOrDefault(key => key.Name == name) is { IsSecret: false, IsServerOnly: false };
    }

    private static void ReferToIntegrations(
        Dictionary<string, object?> inputs, IntegrationReferences references, IntegrationCatalog integrations)
    {
        foreach (var (key, id) in references.CopyInputs)
            inputs[key] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["integration"] = integrations.ReferenceTo(id) };

        // Of inline credentials the service returns an empty object.
        foreach (var (key, value) in inputs.ToArray())
        {
            if (value is Dictionary<string, object?> { Count: 0 })
                inputs.Remove(key);
        }
    }
}
