using System.Collections;
using System.Globalization;
using System.Security;

namespace PSBatchExports.Models;

/// <summary>
/// Protects the secrets in the settings of a destination: secure strings, and strings under keys that are known to be secret or sound like
/// it.
/// </summary>
internal static class DestinationConfig
{
    private const int MaxDepth = 64;

    private static readonly string[] SecretWords =
    [
        "secret", "password", "passphrase", "token", "private_key", "credentials", "access_key", "authorization", "connection_string",
    ];

    private static readonly HashSet<string> SecretKeys = new(
        from type in DestinationType.All
        from key in type.Keys
        where key.IsSecret
        select key.Name,
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="DestinationSecretMissingException">The settings were serialized and have lost a secret.</exception>
    /// <exception cref="ArgumentException">The settings contain themselves, or are nested too deeply.</exception>
    public static IDictionary Protect(IDictionary config) => Protect(config, path: "", isSecret: false, depth: 0);

    private static Dictionary<string, object?> Protect(IDictionary config, string path, bool isSecret, int depth)
    {
        if (depth > MaxDepth)
            throw new ArgumentException($"The destination's config is nested more than {MaxDepth} levels deep, or holds itself.");

        // Keeps the comparer, and so keys that differ only by case.
        var result = new Dictionary<string, object?>((config as Dictionary<string, object?>)?.Comparer ?? StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in config)
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!;
            result[key] = Protect(entry.Value, path.Length == 0 ? key : $"{path}.{key}", isSecret || IsSecret(key), depth);
        }

        return result;
    }

    private static object? Protect(object? value, string path, bool isSecret, int depth) => value switch
    {
        DestinationSecret.Marker => throw new DestinationSecretMissingException(path),
        IDictionary { Count: 1 } marker when IsMarker(marker) => throw new DestinationSecretMissingException(path),
        SecureString secret => new DestinationSecret(secret),
        string { Length: > 0 } text when isSecret => new DestinationSecret(text),
        IDictionary inner => Protect(inner, path, isSecret, depth + 1),
        IList list => Protect(list, path, isSecret, depth),
        _ => value,
    };

    private static object?[] Protect(IList list, string path, bool isSecret, int depth)
    {
        var result = new object?[list.Count];
        for (var index = 0; index < result.Length; index++)
            result[index] = Protect(list[index], FormattableString.Invariant($"{path}[{index}]"), isSecret, depth + 1);

        return result;
    }

    private static bool IsMarker(IDictionary value)
    {
        foreach (DictionaryEntry entry in value)
        {
            return nameof(DestinationSecret.Secret).Equals(entry.Key as string, StringComparison.OrdinalIgnoreCase)
                && entry.Value is DestinationSecret.Marker;
        }

        return false;
    }

    /// <summary>Whether a key holds a secret, or sounds like it: a type newer than this module may have unknown keys.</summary>
    public static bool IsSecret(string key) =>
        SecretKeys.Contains(key) || SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));
}
