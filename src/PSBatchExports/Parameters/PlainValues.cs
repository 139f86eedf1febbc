using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts PowerShell values to plain ones that can be sent. A value that cannot be sent, or that contains itself, is an error
/// that names its path.
/// </summary>
internal static class PlainValues
{
    private const int MaxDepth = 64;
    private const int MaxCount = 100_000;

    /// <summary>The remedy for text that was an object before it was written to a file.</summary>
    public const string SerializationAdvice =
        "Write objects with Export-Clixml or ConvertTo-Json -Depth 64, which keep what is in them; CSV does not.";

    /// <summary>The base object of a value; null also for DBNull.</summary>
    public static object? Unwrap(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } bag when Deserialized.ToTime(bag) is { } time => time,
        PSObject wrapped => wrapped.BaseObject is DBNull ? null : wrapped.BaseObject,
        DBNull => null,
        _ => value,
    };

    /// <summary>Converts a value.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">The value cannot be sent.</exception>
    public static object? From(object? value) => new Converter().From(value, ValuePath.Root);

    /// <summary>Converts a hashtable or a row of ConvertFrom-Json; null for anything else.</summary>
    public static Dictionary<string, object?>? ToDictionary(object? value) => From(value) as Dictionary<string, object?>;

    private sealed class Converter
    {
        private int _count;

        public object? From(object? value, ValuePath path)
        {
            if (path.Depth > MaxDepth)
            {
                throw Refuse($"The value at {path.Abbreviated} is nested more than {MaxDepth} levels deep, or holds itself. "
                    + "Give it without the part that repeats.");
            }

            if (++_count > MaxCount)
                throw Refuse($"The value has more than {MaxCount} parts.");

            if (value is PSObject wrapped && Deserialized.ToEnumName(wrapped) is { } name)
                return name;

            var bare = Unwrap(value);
            if (bare is PSCustomObject && value is PSObject row)
                return FromRow(row, path);

            return bare switch
            {
                null => null,
                string text when Deserialized.IsStringifiedObject(text) => throw RefuseText(text, path),
                string or bool or SecureString or DestinationSecret or DateTimeOffset or Guid or Uri or TimeSpan => bare,
                SwitchParameter flag => flag.IsPresent,
                DateTime time => TimeArgument.FromDateTime(time).ToDateTimeOffset(),
                DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
                decimal number when IsLong(number) => (long)number,
                Enum named => named.ToString(),
                char letter => letter.ToString(),
                IConvertible => bare,
                JsonElement element => FromJson(element, path),
                JsonDocument document => FromJson(document.RootElement, path),
                JsonNode node => FromJson(JsonDocument.Parse(node.ToJsonString()).RootElement, path),
                IDictionary dictionary => FromEntries(EntriesOf(dictionary), path),
                IEnumerable list when IsList(list.GetType()) => FromList(list, path),
                { } other => throw Refuse($"The value at {path} is of type {other.GetType()}, which cannot be sent. "
                    + "Give text, numbers, hashtables and arrays, such as ConvertFrom-Json -AsHashtable returns."),
            };
        }

        private object?[] FromList(IEnumerable list, ValuePath path) =>
            list.Cast<object?>().Select((item, index) => From(item, path.At($"[{index}]"))).ToArray();

        private Dictionary<string, object?> FromRow(PSObject row, ValuePath path)
        {
            if (Deserialized.UnsupportedType(row) is { } type)
                throw Refuse($"The value at {path} was of type {type}, which cannot be sent. Give text, numbers, hashtables and arrays.");

            var entries =
                from property in row.Properties
                where !Deserialized.IsEngineNote(property.Name)
                select (property.Name, ValueOf(property, path));
            return FromEntries(entries, path);
        }

        private object? FromJson(JsonElement element, ValuePath path) => element.ValueKind switch
        {
            JsonValueKind.Object => FromEntries(EntriesOf(element), path),
            JsonValueKind.Array => From(element.EnumerateArray().Cast<object?>().ToArray(), path),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => NumberOf(element),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

        private static object NumberOf(JsonElement element)
        {
            if (element.TryGetInt64(out var integer))
                return integer;

            return element.TryGetDecimal(out var exact) ? exact : element.GetDouble();
        }

        private static bool IsLong(decimal number) =>
            number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue;

        // Keys are case-insensitive, unless two of them differ by case only.
        private Dictionary<string, object?> FromEntries(IEnumerable<(string Name, object? Value)> entries, ValuePath path)
        {
            var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in entries)
            {
                var item = From(value, path.At($".{name}"));
                if (plain.TryAdd(name, item))
                    continue;

                if (plain.Comparer == StringComparer.OrdinalIgnoreCase)
                    plain = new Dictionary<string, object?>(plain, StringComparer.Ordinal);

                plain[name] = item;
            }

            return plain;
        }

        private static IEnumerable<(string Name, object? Value)> EntriesOf(JsonElement element) =>
            element.EnumerateObject().Select(property => (property.Name, (object?)property.Value));

        private static IEnumerable<(string Name, object? Value)> EntriesOf(IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
                yield return (entry.Key.ToString()!, entry.Value);
        }

        // Not everything enumerable is a list: JSON tokens and XML elements are enumerable, too.
        private static bool IsList(Type type) =>
            type.IsArray
            || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true
            || type.Namespace == "System.Linq";

        private static object? ValueOf(PSPropertyInfo property, ValuePath path)
        {
            try
            {
                return property.Value;
            }
            catch (GetValueException failure)
            {
                throw Refuse($"The value at {path.At($".{property.Name}")} cannot be read: {failure.Message}");
            }
        }

        private static ArgumentTransformationMetadataException RefuseText(string text, ValuePath path)
        {
            var position = path.Depth == 0 ? "" : $" at {path}";
            return Refuse($"'{text}'{position} is all that is left of a list or an object. {SerializationAdvice}");
        }

        private static ArgumentTransformationMetadataException Refuse(string message) => new(message);
    }

    /// <summary>The path from a value to one of its parts, such as 'filters[0].key'.</summary>
    private sealed record ValuePath(ValuePath? Parent, string Step, int Depth)
    {
        private const int MaxShownSteps = 5;

        public static readonly ValuePath Root = new(null, "", 0);

        /// <summary>The first steps only, because the path into a value that contains itself is long.</summary>
        public string Abbreviated => Text(Steps().Take(MaxShownSteps), "...");

        public ValuePath At(string step) => new(this, step, Depth + 1);

        public override string ToString() => Text(Steps());

        private static string Text(IEnumerable<string> steps, string end = "") =>
            string.Concat(steps).TrimStart('.') is { Length: > 0 } text ? $"'{text}{end}'" : "its beginning";

        private IEnumerable<string> Steps() => Parent is null ? [] : Parent.Steps().Append(Step);
    }
}
