namespace PSBatchExports.Configurations;

/// <summary>What a file says that an export should be.</summary>
internal sealed record DesiredConfiguration
{
    /// <summary>The full path of the file; null for a configuration that was made of another export.</summary>
    public string? File { get; init; }

    public required string Name { get; init; }

    /// <summary>The name before a rename; null for none.</summary>
    public string? PreviousName { get; init; }

    /// <summary>The values, in their normal form.</summary>
    public required Dictionary<string, object?> Values { get; init; }

    /// <summary>The environment variables that hold the secrets, by their keys.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private Dictionary<string, object?> Destination => (Dictionary<string, object?>)Values[ConfigurationKey.Destination]!;

    public string? Type => Destination[ConfigurationKey.DestinationType] as string;

    /// <summary>Whether it may name integrations.</summary>
    public bool UsesIntegrations =>
        Destination.ContainsKey(ConfigurationKey.DestinationIntegration)
        || ((Dictionary<string, object?>)Destination[ConfigurationKey.DestinationConfig]!).Values.Any(IsNested);

    public static DesiredConfiguration From(ConfigurationText text)
    {
        var destination = (Dictionary<string, object?>)text.Values[ConfigurationKey.Destination]!;
        var config = (Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!;
        var type = DestinationType.Find(destination[ConfigurationKey.DestinationType] as string);
        var secrets =
            from key in type?.Keys ?? []
            where key.IsSecret
            let variable = config.GetValueOrDefault(key.Name) is string reference ? SecretReference.NameIn(reference) : null
            where variable is not null
            select (key.Name, variable);
        return new()
        {
            File = text.File,
            Name = ((string)text.Values[ConfigurationKey.ExportName]!).Trim(),
            PreviousName = (text.Values.GetValueOrDefault(ConfigurationKey.PreviousName) as string)?.Trim(),
            Values = ConfigurationRules.Normalize(text.Values),
            Secrets = secrets.ToDictionary(secret => secret.Name, secret => secret.variable, StringComparer.Ordinal),
        };
    }

    private static bool IsNested(object? value) => value is Dictionary<string, object?>;
}
