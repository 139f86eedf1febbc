using System.Collections;
using System.Globalization;

namespace PSBatchExports.Models;

/// <summary>A value of a configuration in one line, as its file would have it.</summary>
internal static class ConfigurationValueText
{
    private const int MaxLength = 200;
    private const int Context = 40;

    public static string Of(object? value) => DisplayText.OneLine(Write(value).ReplaceLineEndings(" ").Replace('\t', ' '));

    /// <summary>"'hour' -> 'day'". Of long values, only the part in which they differ.</summary>
    public static string Of(object? current, object? desired)
    {
        var (old, wanted) = (Of(current), Of(desired));
        var same = old.AsSpan().CommonPrefixLength(wanted);
        var start = same + Context < MaxLength ? 0 : same - Context;
        return $"{Part(old, start)} -> {Part(wanted, start)}";
    }

    private static string Part(string text, int start)
    {
        if (text.Length <= MaxLength)
            return text;

        var end = Math.Min(text.Length, start + MaxLength);
        return $"{(start > 0 ? "…" : "")}{text[start..end]}{(end < text.Length ? "…" : "")}";
    }

    private static string Write(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        IDictionary dictionary => $"{{{string.Join(", ", Entries(dictionary))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Write))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static IEnumerable<string> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
            yield return $"{entry.Key}: {Write(entry.Value)}";
    }
}
