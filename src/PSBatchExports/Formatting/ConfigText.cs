using System.Collections;
using System.Globalization;
using System.Security;

namespace PSBatchExports.Formatting;

/// <summary>The settings of a destination in a line, without its secrets.</summary>
internal static class ConfigText
{
    private const string Hidden = "(secret)";
    private static readonly string[] SecretWords = ["secret", "password", "passphrase", "token", "private_key", "credentials", "access_key", "authorization", "connection_string"];

    public static string Of(BatchExportDestination destination)
    {
        var keys = DestinationType.Find(destination.Type)?.Keys ?? [];
        return Of(destination.Config, name => keys.Any(key => key.IsSecret && key.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));
    }

    private static string Of(IDictionary config, Func<string, bool> isSecret)
    {
        var settings = new List<string>();
        foreach (DictionaryEntry entry in config)
        {
            var name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            if (entry.Value is not null)
                settings.Add($"{Line.Of(name)} = {(isSecret(name) || IsSecretByName(name) ? Hidden : Value(entry.Value, isSecret))}");
        }

        return string.Join(", ", settings);
    }

    private static string? Value(object? value, Func<string, bool> isSecret) => value switch
    {
        SecureString => Hidden,
        IDictionary inner => $"{{ {Of(inner, isSecret)} }}",
        string text => Line.Of(text),
        IEnumerable list => string.Join(' ', list.Cast<object?>().Select(item => Value(item, isSecret))),
        bool flag => flag ? "true" : "false",
        _ => Line.Of(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    // A type that is newer than this module has keys that it does not know.
    private static bool IsSecretByName(string name) => SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
