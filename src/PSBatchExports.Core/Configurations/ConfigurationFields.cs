using System.Globalization;

namespace PSBatchExports.Configurations;

/// <summary>Turns configurations into what is sent to the service.</summary>
internal static class ConfigurationFields
{
    /// <summary>The fields to create an export.</summary>
    /// <exception cref="ConfigurationException">An integration is not there, or a secret.</exception>
    public static BatchExportFields ToCreate(DesiredConfiguration desired, IntegrationCatalog integrations)
    {
        var values = ConfigurationRules.WithoutDefaults(desired.Values);
        var fields = Of(values);
        var destination = (Dictionary<string, object?>)values[ConfigurationKey.Destination]!;
        var config = Resolve((Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!, integrations);
        foreach (var (key, variable) in desired.Secrets)
            config[key] = ReadSecret(key, variable);

        var integration = destination.GetValueOrDefault(ConfigurationKey.DestinationIntegration) is Dictionary<string, object?> reference
            ? new Optional<int?>(integrations.Find(reference))
            : default;
        return fields with { Destination = BatchExportDestination.Create(desired.Type, config, integration) };
    }

    /// <summary>The fields that change what differs, and those that the service requires with them. Paused is not among them.</summary>
    /// <exception cref="ConfigurationException">An integration is not there.</exception>
    public static BatchExportFields ToUpdate(
        DesiredConfiguration desired, IReadOnlyList<ConfigurationDifference> differences, IntegrationCatalog integrations)
    {
        var top = differences.Select(difference => (string)difference.Path[0]).ToHashSet(StringComparer.Ordinal);
        top.Remove(ConfigurationKey.Paused);
        if (top.Overlaps([ConfigurationKey.Interval, ConfigurationKey.OffsetDay, ConfigurationKey.OffsetHour]))
            AddSchedule(top, desired.Values[ConfigurationKey.Interval] as string);

        var values = top.ToDictionary(key => key, key => desired.Values[key], StringComparer.Ordinal);
        var fields = Of(values);
        if (!top.Contains(ConfigurationKey.Destination))
            return fields;

        var changed = differences.Where(difference => difference.Path[0] is ConfigurationKey.Destination).ToArray();
        return fields with { Destination = ChangedDestination(desired, changed, integrations) };
    }

    /// <summary>Looks for the integrations that a configuration names.</summary>
    /// <exception cref="ConfigurationException">One is not there.</exception>
    public static void CheckIntegrations(DesiredConfiguration desired, IntegrationCatalog integrations)
    {
        try
        {
            FindIntegrations(desired, integrations);
        }
        catch (ConfigurationException failure)
        {
            var file = desired.File is null ? "" : $" ('{desired.File}')";
            throw new ConfigurationException($"'{DisplayText.Clean(desired.Name)}'{file}: {failure.Message}", failure.Reason);
        }
    }

    private static void FindIntegrations(DesiredConfiguration desired, IntegrationCatalog integrations)
    {
        var destination = (Dictionary<string, object?>)desired.Values[ConfigurationKey.Destination]!;
        if (destination.GetValueOrDefault(ConfigurationKey.DestinationIntegration) is Dictionary<string, object?> reference)
            integrations.Find(reference);

        Resolve((Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!, integrations);
    }

    private static void AddSchedule(HashSet<string> keys, string? interval)
    {
        keys.Add(ConfigurationKey.Interval);
        SetIf(ConfigurationKey.OffsetDay, interval == "week");
        SetIf(ConfigurationKey.OffsetHour, interval is "day" or "week");

        void SetIf(string key, bool applies)
        {
            if (applies)
                keys.Add(key);
            else
                keys.Remove(key);
        }
    }

    private static BatchExportDestination ChangedDestination(
        DesiredConfiguration desired, ConfigurationDifference[] changed, IntegrationCatalog integrations)
    {
        var settings = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var difference in changed.Where(difference => difference.Path[1] is ConfigurationKey.DestinationConfig))
            Put(settings, difference.Path.Skip(2).Cast<string>().ToArray(), difference.Desired);

        var destination = (Dictionary<string, object?>)desired.Values[ConfigurationKey.Destination]!;
        var reference = destination.GetValueOrDefault(ConfigurationKey.DestinationIntegration) as Dictionary<string, object?>;
        var isSent = changed.Any(difference => difference.Path[1] is ConfigurationKey.DestinationIntegration)
            || DestinationType.Find(desired.Type) is not { KeepsIntegration: true };
        var integration = isSent && reference is not null ? new Optional<int?>(integrations.Find(reference)) : default;
        return BatchExportDestination.Create(desired.Type, Resolve(settings, integrations), integration);
    }

    private static void Put(Dictionary<string, object?> into, string[] path, object? value)
    {
        if (path is [var key])
        {
            into[key] = value;
            return;
        }

        if (into.GetValueOrDefault(path[0]) is not Dictionary<string, object?> inner)
            into[path[0]] = inner = new Dictionary<string, object?>(StringComparer.Ordinal);

        Put(inner, path[1..], value);
    }

    // {"integration": {"kind": ..., "name": ...}} stands for a number.
    private static Dictionary<string, object?> Resolve(Dictionary<string, object?> settings, IntegrationCatalog integrations)
    {
        return settings.ToDictionary(setting => setting.Key, setting => Value(setting.Value), StringComparer.Ordinal);

        object? Value(object? value) => value switch
        {
            Dictionary<string, object?> { Count: 1 } holder
                when holder.GetValueOrDefault(ConfigurationKey.DestinationIntegration) is Dictionary<string, object?> reference
                => integrations.Find(reference),
            Dictionary<string, object?> inner => Resolve(inner, integrations),
            _ => value,
        };
    }

    private static string ReadSecret(string key, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } secret)
            return secret;

        throw new ConfigurationException(
            $"The environment variable {DisplayText.Clean(variable)}, which holds '{key}', is not set.",
            ConfigurationFailure.SecretMissing);
    }

    private static BatchExportFields Of(Dictionary<string, object?> values)
    {
        return new()
        {
            Name = Text(ConfigurationKey.ExportName),
            Model = Text(ConfigurationKey.Model),
            Interval = Text(ConfigurationKey.Interval),
            TimeZone = Text(ConfigurationKey.TimeZone),
            OffsetDay = Given(ConfigurationKey.OffsetDay, value => (DayOfWeek?)(long?)value),
            OffsetHour = Given(ConfigurationKey.OffsetHour, value => (int?)(long?)value),
            StartAt = Given(ConfigurationKey.StartAt, ToTime),
            EndAt = Given(ConfigurationKey.EndAt, ToTime),
            IncrementalMode = Text(ConfigurationKey.IncrementalMode),
            Paused = Given(ConfigurationKey.Paused, value => value is true),
            Filters = Given(ConfigurationKey.Filters, value => (IReadOnlyList<object?>?)(object?[]?)value),
            HogQLQuery = Text(ConfigurationKey.HogQLQuery),
            HogQLModifiers = Given(ConfigurationKey.HogQLModifiers, value => value),
            PrimaryKey = Given(ConfigurationKey.PrimaryKey, ToTexts),
            VersionKey = Given(ConfigurationKey.VersionKey, ToTexts),
        };

        Optional<string?> Text(string key) => Given(key, value => (string?)value);

        Optional<T> Given<T>(string key, Func<object?, T> convert) =>
            values.TryGetValue(key, out var value) ? new Optional<T>(convert(value)) : default;
    }

    private static DateTimeOffset? ToTime(object? value) =>
        value is string text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    private static IReadOnlyList<string>? ToTexts(object? value) => (value as object?[])?.Cast<string>().ToArray();
}
