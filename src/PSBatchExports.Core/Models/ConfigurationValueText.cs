using System.Collections;
using System.Globalization;

namespace PSBatchExports.Models;

/// <summary>A value of a configuration in one line, as its file would have it.</summary>
internal static class ConfigurationValueText
{
    private const int MaxLength = 200;

    public static string Of(object? value)
    {
        var text = DisplayText.Line(Write(value)) ?? "";
        return text.Length > MaxLength ? $"{text[..(MaxLength - 1)]}…" : text;
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
