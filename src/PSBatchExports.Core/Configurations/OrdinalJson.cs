using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace PSBatchExports.Configurations;

/// <summary>Plain values whose dictionaries tell keys apart by case, as JSON does.</summary>
internal static class OrdinalJson
{
    // Dividing by it drops the zeros at the end.
    private const decimal WithoutZeros = 1.0000000000000000000000000000m;

    public static object? From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FromProperties(element),
        JsonValueKind.Array => element.EnumerateArray().Select(From).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetDecimal(out var exact) ? From(exact) : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The same for plain values of another origin.</summary>
    public static object? From(object? value) => value switch
    {
        IDictionary dictionary => FromEntries(dictionary),
        string or bool or null => value,
        IEnumerable list => list.Cast<object?>().Select(From).ToArray(),
        double number when IsExact(number) => From((decimal)number),
        decimal number => Whole(number) is { } whole ? whole : (object)(number / WithoutZeros),
        double or float => value,
        ulong number => From((decimal)number),
        IConvertible number => Convert.ToInt64(number, CultureInfo.InvariantCulture),
        _ => value,
    };

    private static Dictionary<string, object?> FromProperties(JsonElement element)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
            values[property.Name] = From(property.Value);

        return values;
    }

    private static Dictionary<string, object?> FromEntries(IDictionary dictionary)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in dictionary)
            values[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = From(entry.Value);

        return values;
    }

    // 1, 1.0 and 1e0 are the same number.
    private static long? Whole(decimal number) =>
        decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue ? (long)number : null;

    private static bool IsExact(double number) => Math.Abs(number) < 1e15;
}
