using System.Globalization;

namespace PSBatchExports.Configurations;

/// <summary>A value that differs between an export and its file.</summary>
/// <param name="Path">The keys that lead to it; an item of an array has the array's path and its number.</param>
/// <param name="Current">The value of the export; null for none.</param>
/// <param name="Desired">The value of the file; null for none.</param>
internal sealed record ConfigurationDifference(IReadOnlyList<object> Path, object? Current, object? Desired)
{
    /// <summary>destination.config.prefix, filters[0].value.</summary>
    public string PathText => Path.Aggregate("", (text, part) => part switch
    {
        int index => string.Create(CultureInfo.InvariantCulture, $"{text}[{index}]"),
        _ when text.Length == 0 => (string)part,
        _ => $"{text}.{part}",
    });
}

/// <summary>Compares normal forms.</summary>
internal static class ConfigurationComparison
{
    private static readonly string[] SettingsPath = [ConfigurationKey.Destination, ConfigurationKey.DestinationConfig];

    /// <summary>The values of a file that differ from those of an export. What the file leaves open is not compared.</summary>
    public static IReadOnlyList<ConfigurationDifference> Compare(Dictionary<string, object?> current, Dictionary<string, object?> desired)
    {
        var differences = new List<ConfigurationDifference>();
        Compare([], current, desired, differences);
        return differences;
    }

    public static bool IsSame(object? one, object? other) => IsSame(one, other, (a, b) => Equals(a, b));

    /// <summary>Whether two settings of a destination are the same; the service stores them as text.</summary>
    public static bool IsSameSetting(object? one, object? other) => IsSame(one, other, IsSameText);

    private static void Compare(
        object[] path, Dictionary<string, object?> current, Dictionary<string, object?> desired, List<ConfigurationDifference> differences)
    {
        foreach (var (key, value) in desired)
            Compare([.. path, key], CurrentOf(key, current), value, differences);
    }

    // An interval that has no offset has none to change when another interval takes its place.
    private static object? CurrentOf(string key, Dictionary<string, object?> current) =>
        current.GetValueOrDefault(key)
        ?? (key is ConfigurationKey.OffsetDay or ConfigurationKey.OffsetHour ? ConfigurationRules.NoOffset : null);

    private static void Compare(object[] path, object? current, object? desired, List<ConfigurationDifference> differences)
    {
        var isSetting = path.Length > 2 && SettingsPath[0].Equals(path[0]) && SettingsPath[1].Equals(path[1]);
        if (isSetting ? IsSameSetting(current, desired) : IsSame(current, desired))
            return;

        var isWhole = path[^1] is ConfigurationKey.DestinationIntegration || path[0] is ConfigurationKey.HogQLModifiers;
        if (!isWhole && current is Dictionary<string, object?> old && desired is Dictionary<string, object?> wanted)
        {
            Compare(path, old, wanted, differences);

            // Keys of filters are removed by leaving them out; the service keeps those of settings.
            if (!isSetting && path[0] is ConfigurationKey.Filters)
            {
                foreach (var key in old.Keys.Except(wanted.Keys, StringComparer.Ordinal))
                    differences.Add(new([.. path, key], old[key], Desired: null));
            }
        }
        else if (path[0] is ConfigurationKey.Filters
            && current is object?[] olds && desired is object?[] wanteds && olds.Length == wanteds.Length)
        {
            for (var index = 0; index < olds.Length; index++)
                Compare([.. path, index], olds[index], wanteds[index], differences);
        }
        else
        {
            differences.Add(new(path, current, desired));
        }
    }

    private static bool IsSame(object? one, object? other, Func<object?, object?, bool> isSameScalar) => (one, other) switch
    {
        (Dictionary<string, object?> first, Dictionary<string, object?> second) =>
            first.Count == second.Count
            && first.All(entry => second.TryGetValue(entry.Key, out var value) && IsSame(entry.Value, value, isSameScalar)),
        (object?[] first, object?[] second) =>
            first.Length == second.Length && first.Zip(second).All(pair => IsSame(pair.First, pair.Second, isSameScalar)),
        (Dictionary<string, object?> or object?[], _) or (_, Dictionary<string, object?> or object?[]) => false,
        _ => isSameScalar(one, other),
    };

    private static bool IsSameText(object? one, object? other) =>
        one is null || other is null
            ? one is null && other is null
            : string.Equals(TextOf(one), TextOf(other), StringComparison.Ordinal);

    private static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
