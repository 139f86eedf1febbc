using System.Collections;
using System.Globalization;
using System.Reflection;

namespace PSBatchExports.Core.Tests;

/// <summary>Reads all properties of a result, as a view or a script would.</summary>
internal static class ResultText
{
    private const int MaxDepth = 20;

    /// <summary>The result of a completed task, one line per property; empty if it has none.</summary>
    public static string[] Of(Task ended) => [.. Lines("", ended.GetType().GetProperty("Result")?.GetValue(ended), 0)];

    private static IEnumerable<string> Lines(string name, object? value, int depth)
    {
        yield return $"{name} {(value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString())}";
        if (depth == MaxDepth)
            yield break;

        foreach (var line in Parts(value).SelectMany(part => Lines($"{name}.{part.Name}", part.Value, depth + 1)))
            yield return line;
    }

    private static IEnumerable<(string Name, object? Value)> Parts(object? value) => value switch
    {
        string => [],
        IEnumerable items => items.Cast<object?>().Select(item => ("item", item)),
        DictionaryEntry entry => [("key", entry.Key), ("value", entry.Value)],
        not null when IsExpanded(value.GetType()) =>
            value.GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(property => (property.Name, property.GetValue(value))),
        _ => [],
    };

    private static bool IsExpanded(Type type) =>
        type.Namespace is "PSBatchExports" || type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal);
}
