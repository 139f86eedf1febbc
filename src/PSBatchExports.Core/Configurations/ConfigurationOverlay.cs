using System.Text;
using System.Text.RegularExpressions;

namespace PSBatchExports.Configurations;

/// <summary>
/// The few values that differ by environment. "exports" holds values by the name of the export, in which * stands for any text; they are
/// laid over those of the file, first those of names with *, then those of the name itself.
/// </summary>
internal sealed class ConfigurationOverlay
{
    private const string Exports = "exports";

    private readonly ConfigurationText _text;
    private readonly Dictionary<string, object?> _exports;
    private readonly HashSet<string> _unused;

    private ConfigurationOverlay(ConfigurationText text, Dictionary<string, object?> exports)
    {
        _text = text;
        _exports = exports;
        _unused = exports.Keys.Where(name => !IsPattern(name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <exception cref="ConfigurationFileException">It cannot be read, or has other keys.</exception>
    public static ConfigurationOverlay Read(string file)
    {
        var text = ConfigurationText.Read(file);
        foreach (var key in text.Values.Keys.Where(key => key is not (ConfigurationKey.Schema or Exports)))
        {
            var message = $"An overlay has no key '{DisplayText.Clean(key)}'. It has {ConfigurationKey.Schema}, {Exports}.";
            throw text.Problem(key, message).ToException();
        }

        if (text.Values.GetValueOrDefault(Exports) is not Dictionary<string, object?> exports)
            throw text.Problem(Exports, $"'{Exports}' must be an object that holds values by the name of the export.").ToException();

        foreach (var (name, values) in exports)
        {
            if (values is not Dictionary<string, object?> given)
                throw text.Problem(PathOf(name), $"'{DisplayText.Clean(name)}' must be an object of values.").ToException();

            if (given.ContainsKey(ConfigurationKey.ExportName))
                throw text.Problem(JsonPlaces.Join(PathOf(name), ConfigurationKey.ExportName), "An overlay cannot change the name.").ToException();
        }

        return new(text, exports);
    }

    /// <summary>A text with the values for its export laid over it.</summary>
    public ConfigurationText Apply(ConfigurationText text)
    {
        if (text.Values.GetValueOrDefault(ConfigurationKey.ExportName) is not string given)
            return text;

        var name = given.Trim();
        _unused.Remove(name);
        foreach (var (pattern, values) in _exports.OrderBy(export => export.Key == name))
        {
            if (pattern == name || (IsPattern(pattern) && Matches(pattern, name)))
                text = text.With((Dictionary<string, object?>)values!, _text, PathOf(pattern));
        }

        return text;
    }

    /// <summary>The names that no file has.</summary>
    public IEnumerable<ConfigurationProblem> Unused() =>
        _unused.Order(StringComparer.Ordinal)
            .Select(name => _text.Problem(PathOf(name), $"No file has the name '{DisplayText.Clean(name)}'."));

    private static string PathOf(string name) => JsonPlaces.Join(Exports, name);

    private static bool IsPattern(string name) => name.Contains('*', StringComparison.Ordinal);

    private static bool Matches(string pattern, string name)
    {
        var parts = pattern.Split('*').Select(Regex.Escape);
        var expression = new StringBuilder("^").AppendJoin(".*", parts).Append('$').ToString();
        return Regex.IsMatch(name, expression, RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
