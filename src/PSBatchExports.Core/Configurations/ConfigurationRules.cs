using System.Globalization;
using PSBatchExports.Time;

namespace PSBatchExports.Configurations;

/// <summary>
/// Brings configurations into a form in which two are equal if they mean the same to the service: what is missing has its default where
/// one is known, and what the service trims or drops is trimmed or dropped (docs/wire.md, section 18).
/// </summary>
internal static class ConfigurationRules
{
    /// <summary>The offset of a schedule that never had one.</summary>
    public const long NoOffset = 0;

    private const string CopyInputs = "copy_inputs";
    private const string CopyPrefix = "s3_key_prefix";
    private const string DefaultCopyPrefix = "/";

    /// <summary>The comparable form. Keys that are left out and have no default are not in it, and are not compared.</summary>
    public static Dictionary<string, object?> Normalize(Dictionary<string, object?> values)
    {
        var normal = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var key in ConfigurationKey.All)
        {
            var isThere = values.TryGetValue(key.Name, out var value);
            if (key.Name is ConfigurationKey.Schema or ConfigurationKey.PreviousName)
                continue;

            if (isThere && value is not null)
                normal[key.Name] = Normalize(key, value);
            else if (key.Default.HasValue)
                normal[key.Name] = key.Default.Value;
        }

        AddOffsets(normal);
        return InOrder(normal);
    }

    private static Dictionary<string, object?> InOrder(Dictionary<string, object?> normal) =>
        ConfigurationKey.All
            .Where(key => normal.ContainsKey(key.Name))
            .ToDictionary(key => key.Name, key => normal[key.Name], StringComparer.Ordinal);

    /// <summary>A normal form without what is at its default, in which the keys that follow each other in a file do so here.</summary>
    public static Dictionary<string, object?> WithoutDefaults(Dictionary<string, object?> normal)
    {
        var brief = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var key in ConfigurationKey.All)
        {
            if (normal.TryGetValue(key.Name, out var value) && value is not null && !IsDefault(key, value))
            {
                brief[key.Name] = key.Name == ConfigurationKey.Destination
                    ? WithoutDefaultSettings((Dictionary<string, object?>)value)
                    : value;
            }
        }

        return brief;
    }

    private static bool IsDefault(ConfigurationKey key, object value) => key.Name switch
    {
        ConfigurationKey.OffsetDay or ConfigurationKey.OffsetHour => value is NoOffset,
        ConfigurationKey.Paused => value is false,
        ConfigurationKey.Model => false,
        _ => key.Default.HasValue && ConfigurationComparison.IsSame(key.Default.Value, value),
    };

    private static bool IsDefault(DestinationKey key, object? value) =>
        key.Default.HasValue && ConfigurationComparison.IsSameSetting(key.Default.Value, value);

    private static Dictionary<string, object?> WithoutDefaultSettings(Dictionary<string, object?> destination)
    {
        var copy = new Dictionary<string, object?>(destination, StringComparer.Ordinal);
        if (destination[ConfigurationKey.DestinationConfig] is Dictionary<string, object?> config
            && DestinationType.Find(destination[ConfigurationKey.DestinationType] as string) is { } type)
        {
            copy[ConfigurationKey.DestinationConfig] = type.Keys
                .Where(key => config.ContainsKey(key.Name))
                .Where(key => key.IsRequired || !IsDefault(key, config[key.Name]))
                .ToDictionary(key => key.Name, key => config[key.Name], StringComparer.Ordinal);
        }

        return copy;
    }

    private static object? Normalize(ConfigurationKey key, object value) => key.Name switch
    {
        ConfigurationKey.ExportName => ((string)value).Trim(),
        ConfigurationKey.StartAt or ConfigurationKey.EndAt =>
            WireTime.Format(DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)),
        ConfigurationKey.HogQLQuery => (value is object?[] lines ? string.Join('\n', lines) : (string)value).Trim(),
        ConfigurationKey.PrimaryKey or ConfigurationKey.VersionKey =>
            ((object?[])value).Select(column => (object?)(column as string)?.Trim()).ToArray(),
        ConfigurationKey.Filters => value is object?[] { Length: 0 } ? null : value,
        ConfigurationKey.HogQLModifiers => WithoutNulls((Dictionary<string, object?>)value),
        ConfigurationKey.Destination => NormalizeDestination((Dictionary<string, object?>)value),
        _ => value,
    };

    private static Dictionary<string, object?>? WithoutNulls(Dictionary<string, object?> modifiers)
    {
        var given = modifiers.Where(modifier => modifier.Value is not null).ToDictionary(StringComparer.Ordinal);
        return given.Count == 0 ? null : given;
    }

    private static Dictionary<string, object?> NormalizeDestination(Dictionary<string, object?> destination)
    {
        var type = DestinationType.Find(destination[ConfigurationKey.DestinationType] as string);
        var normal = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [ConfigurationKey.DestinationType] = type?.Name ?? destination[ConfigurationKey.DestinationType],
        };
        if (destination.GetValueOrDefault(ConfigurationKey.DestinationIntegration) is { } integration)
            normal[ConfigurationKey.DestinationIntegration] = integration;

        var config = (Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!;
        normal[ConfigurationKey.DestinationConfig] = type is null ? config : WithDefaults(config, type);
        return normal;
    }

    private static Dictionary<string, object?> WithDefaults(Dictionary<string, object?> config, DestinationType type)
    {
        var normal = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var key in type.Keys.Where(key => !key.IsSecret && !key.IsServerOnly))
        {
            var value = config.GetValueOrDefault(key.Name);
            if (value is not null)
                normal[key.Name] = value;
            else if (key.Default.HasValue)
                normal[key.Name] = key.Default.Value;
        }

        if (normal.GetValueOrDefault(CopyInputs) is Dictionary<string, object?> inputs && !inputs.ContainsKey(CopyPrefix))
            normal[CopyInputs] = new Dictionary<string, object?>(inputs, StringComparer.Ordinal) { [CopyPrefix] = DefaultCopyPrefix };

        return normal;
    }

    private static void AddOffsets(Dictionary<string, object?> normal)
    {
        var interval = normal.GetValueOrDefault(ConfigurationKey.Interval) as string;
        Set(ConfigurationKey.OffsetDay, interval == "week");
        Set(ConfigurationKey.OffsetHour, interval is "day" or "week");

        void Set(string key, bool applies)
        {
            if (applies)
                normal[key] = normal.GetValueOrDefault(key) ?? NoOffset;
            else
                normal.Remove(key);
        }
    }
}
