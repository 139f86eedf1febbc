using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Parameters;

/// <summary>
/// Takes PowerShell's wrappings off values that go to the wire. What has no clear form there is an error that says where in the value it is, as is
/// a value without an end.
/// </summary>
internal static class PlainValues
{
    private const int MaxDepth = 64;
    private const int MaxCount = 100_000;

    /// <summary>What is said of a text that is all that is left of an object.</summary>
    public const string HowToKeep = "Write objects with Export-Clixml or ConvertTo-Json -Depth 64, which keep what is in them; CSV does not.";

    /// <summary>A value without PowerShell's wrapping; null also for the null of a database.</summary>
    public static object? Unwrap(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } bag when Deserialized.ToTime(bag) is { } time => time,
        PSObject wrapped => wrapped.BaseObject is DBNull ? null : wrapped.BaseObject,
        DBNull => null,
        _ => value,
    };

    /// <exception cref="ArgumentTransformationMetadataException">A value cannot be sent.</exception>
    public static object? From(object? value) => new Walk().From(value, Place.Root);

    /// <summary>The keys and values of a hashtable or of a row of ConvertFrom-Json; null where the value is neither.</summary>
    public static Dictionary<string, object?>? ToDictionary(object? value) => From(value) as Dictionary<string, object?>;

    private sealed class Walk
    {
        private int _count;

        public object? From(object? value, Place place)
        {
            if (place.Depth > MaxDepth)
                throw Refuse($"The value at {place.Start} is nested more than {MaxDepth} levels deep, or holds itself. Give it without the part that repeats.");
            if (++_count > MaxCount)
                throw Refuse($"The value has more than {MaxCount} parts.");
            if (value is PSObject wrapped && Deserialized.ToChoice(wrapped) is { } name)
                return name;

            var bare = Unwrap(value);
            if (bare is PSCustomObject && value is PSObject row)
                return FromRow(row, place);

            return bare switch
            {
                null => null,
                string text when Deserialized.IsRemains(text) => throw Refuse($"'{text}'{(place.Depth == 0 ? "" : $" at {place}")} is all that is left of a list or an object. {HowToKeep}"),
                string or bool or SecureString or DestinationSecret or DateTimeOffset or Guid or Uri or TimeSpan => bare,
                SwitchParameter flag => flag.IsPresent,
                DateTime time => TimeArgument.FromDateTime(time).ToDateTimeOffset(),
                DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
                decimal number when number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue => (long)number,
                Enum choice => choice.ToString(),
                char letter => letter.ToString(),
                IConvertible => bare,
                JsonElement element => FromJson(element, place),
                JsonDocument document => FromJson(document.RootElement, place),
                JsonNode node => FromJson(JsonDocument.Parse(node.ToJsonString()).RootElement, place),
                IDictionary dictionary => FromEntries(EntriesOf(dictionary), place),
                IEnumerable list when IsList(list.GetType()) => list.Cast<object?>().Select((item, index) => From(item, place.At($"[{index}]"))).ToArray(),
                { } other => throw Refuse($"The value at {place} is of type {other.GetType()}, which cannot be sent. Give text, numbers, hashtables and arrays, such as ConvertFrom-Json -AsHashtable returns."),
            };
        }

        private Dictionary<string, object?> FromRow(PSObject row, Place place) =>
            Deserialized.StrangeType(row) is { } type
                ? throw Refuse($"The value at {place} was of type {type}, which cannot be sent. Give text, numbers, hashtables and arrays.")
                : FromEntries(row.Properties.Where(property => !Deserialized.IsNote(property.Name)).Select(property => (property.Name, ValueOf(property, place))), place);

        private object? FromJson(JsonElement element, Place place) => element.ValueKind switch
        {
            JsonValueKind.Object => FromEntries(element.EnumerateObject().Select(property => (property.Name, (object?)property.Value)), place),
            JsonValueKind.Array => From(element.EnumerateArray().Cast<object?>().ToArray(), place),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.TryGetDecimal(out var exact) ? exact : element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

        /// <summary>Keys that differ by case only are all kept; only then does case matter.</summary>
        private Dictionary<string, object?> FromEntries(IEnumerable<(string Name, object? Value)> entries, Place place)
        {
            var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in entries)
            {
                var item = From(value, place.At($".{name}"));
                if (plain.TryAdd(name, item))
                    continue;

                if (plain.Comparer == StringComparer.OrdinalIgnoreCase)
                    plain = new Dictionary<string, object?>(plain, StringComparer.Ordinal);

                plain[name] = item;
            }

            return plain;
        }

        private static IEnumerable<(string Name, object? Value)> EntriesOf(IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
                yield return (entry.Key.ToString()!, entry.Value);
        }

        // Much can be enumerated that is no list: the tokens of JSON libraries, the elements of XML.
        private static bool IsList(Type type) =>
            type.IsArray
            || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true
            || type.Namespace == "System.Linq";

        private static object? ValueOf(PSPropertyInfo property, Place place)
        {
            try
            {
                return property.Value;
            }
            catch (GetValueException failure)
            {
                throw Refuse($"The value at {place.At($".{property.Name}")} cannot be read: {failure.Message}");
            }
        }

        private static ArgumentTransformationMetadataException Refuse(string message) => new(message);
    }

    /// <summary>Where in a value another one is.</summary>
    private sealed record Place(Place? Parent, string Step, int Depth)
    {
        private const int MaxShownSteps = 5;

        public static readonly Place Root = new(null, "", 0);

        /// <summary>Its beginning only, as a value that holds itself has no end.</summary>
        public string Start => Text(Steps().Take(MaxShownSteps), "...");

        public Place At(string step) => new(this, step, Depth + 1);

        public override string ToString() => Text(Steps());

        private static string Text(IEnumerable<string> steps, string end = "") =>
            string.Concat(steps).TrimStart('.') is { Length: > 0 } text ? $"'{text}{end}'" : "its beginning";

        private IEnumerable<string> Steps() => Parent is null ? [] : Parent.Steps().Append(Step);
    }
}
