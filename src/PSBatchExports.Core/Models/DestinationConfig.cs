using System.Collections;
using System.Globalization;
using System.Security;

namespace PSBatchExports.Models;

/// <summary>The settings of a destination, its secrets closed: those in secure strings, and texts under keys that are known to hold secrets or are named like it.</summary>
internal static class DestinationConfig
{
    private const int MaxDepth = 64;

    private static readonly string[] SecretWords = ["secret", "password", "passphrase", "token", "private_key", "credentials", "access_key", "authorization", "connection_string"];

    private static readonly HashSet<string> SecretKeys = new(
        DestinationType.All.SelectMany(type => type.Keys).Where(key => key.IsSecret).Select(key => key.Name),
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="DestinationSecretMissingException">A secret was left behind where the settings were written to a file, or sent to another session.</exception>
    /// <exception cref="ArgumentException">The settings hold themselves.</exception>
    public static IDictionary Close(IDictionary config) => Close(config, path: "", isSecret: false, depth: 0);

    private static Dictionary<string, object?> Close(IDictionary config, string path, bool isSecret, int depth)
    {
        if (depth > MaxDepth)
            throw new ArgumentException($"The destination's config is nested more than {MaxDepth} levels deep, or holds itself.");

        // The same as what it was made of: keys that differ by case only are all kept.
        var closed = new Dictionary<string, object?>((config as Dictionary<string, object?>)?.Comparer ?? StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in config)
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            closed[key] = Close(entry.Value, path.Length == 0 ? key : $"{path}.{key}", isSecret || IsSecret(key), depth);
        }

        return closed;
    }

    private static object? Close(object? value, string path, bool isSecret, int depth) => value switch
    {
        DestinationSecret.Marker => throw new DestinationSecretMissingException(path),
        IDictionary { Count: 1 } marker when IsMarker(marker) => throw new DestinationSecretMissingException(path),
        SecureString secret => new DestinationSecret(secret),
        string { Length: > 0 } text when isSecret => new DestinationSecret(text),
        IDictionary inner => Close(inner, path, isSecret, depth + 1),
        IList list => list.Cast<object?>().Select((item, index) => Close(item, FormattableString.Invariant($"{path}[{index}]"), isSecret, depth + 1)).ToArray(),
        _ => value,
    };

    private static bool IsMarker(IDictionary value)
    {
        foreach (DictionaryEntry entry in value)
            return nameof(DestinationSecret.Secret).Equals(entry.Key as string, StringComparison.OrdinalIgnoreCase) && entry.Value is DestinationSecret.Marker;

        return false;
    }

    // A type that is newer than this module has keys that it does not know.
    private static bool IsSecret(string key) => SecretKeys.Contains(key) || SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));
}
