using System.Globalization;
using PSBatchExports.Models;

namespace PSBatchExports.Configurations;

/// <summary>Checks that a file has the keys of a configuration, and no other, with values of their kind.</summary>
internal sealed class ConfigurationShape
{
    private const string CopyInputs = "copy_inputs";
    private const string ReferenceExample = """{"integration": {"kind": "aws-s3", "name": "..."}}""";

    private const string Authorization = "authorization";

    private static readonly HashSet<string> CopyCredentials = new([Authorization, "bucket_credentials"], StringComparer.Ordinal);

    private static readonly string[] CopyKeys = ["s3_bucket", "region_name", "s3_key_prefix", .. CopyCredentials];

    private readonly ConfigurationText _text;
    private readonly List<ConfigurationProblem> _problems = [];
    private readonly HashSet<string> _listedOwners = new(StringComparer.Ordinal);

    private ConfigurationShape(ConfigurationText text) => _text = text;

    /// <summary>What is wrong with a file; nothing if it can be used.</summary>
    public static IReadOnlyList<ConfigurationProblem> Check(ConfigurationText text)
    {
        var shape = new ConfigurationShape(text);
        shape.CheckAll();
        return shape._problems;
    }

    private void CheckAll()
    {
        CheckKeys("", _text.Values, ConfigurationKey.All, "A configuration");
        CheckValues("", _text.Values, ConfigurationKey.All);

        if (_text.Values.GetValueOrDefault(ConfigurationKey.ExportName) is string name && name.Trim().Length == 0)
            Add(ConfigurationKey.ExportName, "The name is empty.");

        CheckOffsets();
        CheckRange(ConfigurationKey.OffsetDay, max: 6);
        CheckRange(ConfigurationKey.OffsetHour, max: 23);
        if (_text.Values.GetValueOrDefault(ConfigurationKey.Destination) is Dictionary<string, object?> destination)
            CheckDestination(destination);
    }

    private void CheckOffsets()
    {
        var interval = _text.Values.GetValueOrDefault(ConfigurationKey.Interval) as string;
        if (_text.Values.GetValueOrDefault(ConfigurationKey.OffsetDay) is not null && interval != "week")
            Add(ConfigurationKey.OffsetDay, $"'{ConfigurationKey.OffsetDay}' is for the interval week only, not for {interval}.");

        if (_text.Values.GetValueOrDefault(ConfigurationKey.OffsetHour) is not null && interval is not ("day" or "week"))
        {
            Add(
                ConfigurationKey.OffsetHour,
                $"'{ConfigurationKey.OffsetHour}' is for the intervals day and week only, not for {interval}.");
        }
    }

    private void CheckRange(string key, long max)
    {
        if (_text.Values.GetValueOrDefault(key) is { } value && !(value is long whole && whole >= 0 && whole <= max))
            Add(key, string.Create(CultureInfo.InvariantCulture, $"'{key}' must be a whole number from 0 to {max}."));
    }

    private void CheckDestination(Dictionary<string, object?> destination)
    {
        CheckKeys(ConfigurationKey.Destination, destination, ConfigurationKey.OfDestination, "A destination");
        CheckValues(ConfigurationKey.Destination, destination, ConfigurationKey.OfDestination);

        var integration = destination.GetValueOrDefault(ConfigurationKey.DestinationIntegration);
        if (integration is Dictionary<string, object?> reference)
            CheckReference(Path(ConfigurationKey.Destination, ConfigurationKey.DestinationIntegration), reference);

        if (destination.GetValueOrDefault(ConfigurationKey.DestinationConfig) is not Dictionary<string, object?> config)
            return;

        if (DestinationType.Find(destination.GetValueOrDefault(ConfigurationKey.DestinationType) as string) is { } type)
            CheckConfig(type, config, integration is not null);
        else
            CheckNoSecrets(Path(ConfigurationKey.Destination, ConfigurationKey.DestinationConfig), config);
    }

    // Of a type newer than this module it is not known what to do with secrets.
    private void CheckNoSecrets(string path, object? value)
    {
        foreach (var (name, inner) in value as Dictionary<string, object?> ?? [])
        {
            if (DestinationConfig.IsSecret(name))
                Add(Path(path, name), $"'{DisplayText.Clean(name)}' sounds like a secret, which no file holds. Remove it here.");
            else
                CheckNoSecrets(Path(path, name), inner);
        }
    }

    private void CheckReference(string path, Dictionary<string, object?> reference)
    {
        CheckKeys(path, reference, ConfigurationKey.OfIntegration, "An integration");
        CheckValues(path, reference, ConfigurationKey.OfIntegration);
    }

    private void CheckConfig(DestinationType type, Dictionary<string, object?> config, bool hasIntegration)
    {
        var path = Path(ConfigurationKey.Destination, ConfigurationKey.DestinationConfig);
        var held = type.KeysHeldByIntegration.ToHashSet(StringComparer.Ordinal);
        var unknown = config.Keys.Where(name => type.Keys.All(key => key.Name != name) && !held.Contains(name));
        foreach (var name in unknown)
            AddUnknown(Path(path, name), name, type.Keys.Where(key => !key.IsServerOnly).Select(key => key.Name), $"The type {type.Name}");

        foreach (var name in config.Keys.Where(name => hasIntegration && held.Contains(name)))
            Add(Path(path, name), $"The integration holds '{name}'. Remove it here.");

        foreach (var key in type.Keys)
        {
            var (at, isThere, value) = (Path(path, key.Name), config.ContainsKey(key.Name), config.GetValueOrDefault(key.Name));
            if (key.IsServerOnly && isThere)
                Add(at, $"Only the service sets '{key.Name}'. Remove it here.");
            else if (key.IsSecret && isThere && !SecretReference.IsOne(value))
                Add(at, $"'{key.Name}' is a secret, which no file holds. Write the name of an environment variable: \"env:NAME\".");
            else if (!key.IsSecret)
                CheckValue(at, value, key.Kind, key.IsRequired, isThere);
        }

        if (config.GetValueOrDefault(CopyInputs) is Dictionary<string, object?> inputs)
            CheckCopyInputs(Path(path, CopyInputs), inputs);
    }

    private void CheckCopyInputs(string path, Dictionary<string, object?> inputs)
    {
        foreach (var (name, value) in inputs)
        {
            if (!CopyKeys.Contains(name, StringComparer.Ordinal))
                AddUnknown(Path(path, name), name, CopyKeys, $"'{CopyInputs}'");

            if (!CopyCredentials.Contains(name) || value is null || (name == Authorization && IsRole(value)))
                continue;

            if (value is Dictionary<string, object?> { Count: 1 } reference
                && reference.GetValueOrDefault("integration") is Dictionary<string, object?> integration)
            {
                CheckReference(Path(Path(path, name), "integration"), integration);
            }
            else
            {
                Add(Path(path, name), $"'{name}' holds credentials. Name an integration instead: {ReferenceExample}.");
            }
        }
    }

    private static bool IsRole(object value) => value is string text && text.StartsWith("arn:", StringComparison.Ordinal);

    private void CheckKeys(string path, Dictionary<string, object?> values, IReadOnlyList<ConfigurationKey> known, string owner)
    {
        foreach (var name in values.Keys.Where(name => known.All(key => key.Name != name)))
            AddUnknown(Path(path, name), name, known.Select(key => key.Name), owner);
    }

    private void CheckValues(string path, Dictionary<string, object?> values, IReadOnlyList<ConfigurationKey> keys)
    {
        foreach (var key in keys)
        {
            var isThere = values.TryGetValue(key.Name, out var value);
            CheckValue(Path(path, key.Name), value, key.Kind, key.IsRequired, isThere);
        }
    }

    private void CheckValue(string path, object? value, SettingKind kind, bool isRequired, bool isThere)
    {
        if (value is null)
        {
            if (isRequired)
                Add(isThere ? path : Parent(path), $"'{path}' is {(isThere ? "null, but required" : "missing")}.");

            return;
        }

        if (Expected(kind, value) is { } expected)
            Add(path, $"'{path}' must be {expected}.");
    }

    private static string? Expected(SettingKind kind, object value) => kind switch
    {
        SettingKind.Text when value is not string => "a string",
        SettingKind.Number when !IsNumber(value) => "a number",
        SettingKind.Flag when value is not bool => "true or false",
        SettingKind.Time when !IsTime(value) => "a time with its offset, such as \"2026-01-31T00:00:00Z\"",
        SettingKind.Lines when value is not string && !IsListOf<string>(value) => "a string or an array of strings",
        SettingKind.Texts when !IsListOf<string>(value) => "an array of strings",
        SettingKind.Objects when !IsListOf<Dictionary<string, object?>>(value) => "an array of objects",
        SettingKind.Dictionary when value is not Dictionary<string, object?> => "an object",
        _ => null,
    };

    // The service takes a number as text, too, and returns one that is not whole like that.
    private static bool IsNumber(object value) =>
        value is long or decimal or double
        || (value is string text && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static bool IsListOf<T>(object value) => value is object?[] list && list.All(item => item is T);

    private static bool IsTime(object value) =>
        value is string { Length: > 10 } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
        && (text[^1] is 'Z' or 'z' || text.AsSpan(10).IndexOfAny('+', '-') >= 0);

    private void AddUnknown(string path, string name, IEnumerable<string> known, string owner)
    {
        var names = known.ToArray();
        var close = names.FirstOrDefault(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase))
            ?? names.FirstOrDefault(other => IsAlike(other, name));
        var advice = close is not null ? $" Did you mean '{close}'?"
            : _listedOwners.Add(owner) ? $" It has {string.Join(", ", names)}."
            : "";
        Add(path, $"{owner} has no key '{DisplayText.Clean(name)}'.{advice}");
    }

    private static bool IsAlike(string one, string other) =>
        other.Length > 2
        && (one.Contains(other, StringComparison.OrdinalIgnoreCase) || other.Contains(one, StringComparison.OrdinalIgnoreCase));

    private void Add(string path, string message) => _problems.Add(_text.Problem(path, message));

    private static string Path(string parent, string name) => JsonPlaces.Join(parent, name);

    private static string Parent(string path) => path.LastIndexOf('.') is > 0 and var end ? path[..end] : "";
}
