namespace PSBatchExports.Configurations;

/// <summary>Where an export writes to.</summary>
internal static class ExportPlace
{
    // Names of buckets are unique among all accounts.
    private const string GlobalBuckets = "AwsS3";

    private static readonly string[] Keys =
    [
        "bucket_name", "container_name", "prefix",
        "host", "port", "database", "schema", "table_name",
        "project_id", "dataset_id", "table_id",
        "http_path", "catalog",
        "url",
    ];

    /// <summary>
    /// Whether two configurations, in their normal form, write to one place. Integrations of one kind and name count as the same account.
    /// </summary>
    public static bool IsSame(Dictionary<string, object?> one, Dictionary<string, object?> other)
    {
        var (first, second) = (DestinationOf(one), DestinationOf(other));
        var isGlobal = first[ConfigurationKey.DestinationType] is GlobalBuckets;
        return IsSameValue(first, second, ConfigurationKey.DestinationType)
            && (isGlobal || IsSameValue(first, second, ConfigurationKey.DestinationIntegration))
            && Keys.All(key => IsSameValue(ConfigOf(first), ConfigOf(second), key));
    }

    private static Dictionary<string, object?> DestinationOf(Dictionary<string, object?> values) =>
        (Dictionary<string, object?>)values[ConfigurationKey.Destination]!;

    private static Dictionary<string, object?> ConfigOf(Dictionary<string, object?> destination) =>
        (Dictionary<string, object?>)destination[ConfigurationKey.DestinationConfig]!;

    private static bool IsSameValue(Dictionary<string, object?> one, Dictionary<string, object?> other, string key) =>
        ConfigurationComparison.IsSameSetting(one.GetValueOrDefault(key), other.GetValueOrDefault(key));
}
