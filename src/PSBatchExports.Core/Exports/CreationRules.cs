using System.Collections;

namespace PSBatchExports.Exports;

/// <summary>
/// Leaves out the config keys that the service returns but refuses for a new export, so that an existing export can be created again
/// (docs/wire.md, section 8).
/// </summary>
internal static class CreationRules
{
    private const string LegacyExtension = "legacy_parquet_extension";

    /// <summary>Removes the config keys that only the service may set.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="onChange">Called with a message if that changes what the new export does.</param>
    public static BatchExportFields Apply(BatchExportFields fields, Action<string> onChange)
    {
        if (fields.Destination.Or(null) is not { } destination || KeysToLeaveOut(destination) is not { Count: > 0 } keys)
            return fields;

        var config = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in destination.Config)
        {
            if (!keys.Contains(entry.Key))
            {
                config[entry.Key.ToString()!] = entry.Value;
            }
            else if (IsLegacyExtension(entry))
            {
                onChange(
                    $"{LegacyExtension} is not sent, because only the service sets it: "
                    + "the names of the new export's Parquet files end in .parquet, without the compression.");
            }
        }

        return fields with { Destination = destination.With(config) };
    }

    private static List<object> KeysToLeaveOut(BatchExportDestination destination)
    {
        if (DestinationType.Find(destination.Type) is not { } type)
            return [];

        var serverOnly = type.Keys.Where(key => key.IsServerOnly).Select(key => key.Name);
        var refused = serverOnly.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (destination.Integration is not null)
            refused.UnionWith(type.KeysHeldByIntegration);

        return [.. destination.Config.Keys.Cast<object>().Where(key => key is string name && refused.Contains(name))];
    }

    private static bool IsLegacyExtension(DictionaryEntry entry) =>
        entry.Key is string name && name.Equals(LegacyExtension, StringComparison.OrdinalIgnoreCase)
        && entry.Value?.ToString()?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
}
