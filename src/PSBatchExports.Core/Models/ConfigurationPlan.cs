using System.Collections;
using PSBatchExports.Text;

namespace PSBatchExports.Models;

/// <summary>Shows a difference as a part of a plan: what is done to which export, and below it each value that changes.</summary>
internal static class ConfigurationPlan
{
    // With the view's indentation it fits into 80 columns.
    private const int MaxWidth = 74;
    private const int MaxLines = 20;

    /// <summary>The line of the export, and those of its values.</summary>
    public static IEnumerable<string> Of(ConfigurationChange change, string name, IEnumerable<BatchExportConfigurationField> fields) =>
        [Heading(change, name), .. fields.SelectMany(field => Lines(change, field))];

    // "~ Update nightly".
    private static string Heading(ConfigurationChange change, string name) =>
        StateColor.Apply($"{Sign(change)} {change}", $"{change}") + $" {name}" + change switch
        {
            ConfigurationChange.Replace => " (its runs, logs and backfills are lost)",
            ConfigurationChange.Remove => " (no file; its runs, logs and backfills are lost)",
            _ => "",
        };

    // "interval: 'hour' -> 'day'". What does not fit into a line has its old lines and its new ones below each other, without those that
    // both begin or end with.
    private static IEnumerable<string> Lines(ConfigurationChange change, BatchExportConfigurationField field)
    {
        var path = DisplayText.OneLine(field.Path);
        var line = change == ConfigurationChange.Create
            ? $"{path}: {ConfigurationValueText.Of(field.Desired)}"
            : $"{path}: {ConfigurationValueText.Of(field.Current)} -> {ConfigurationValueText.Of(field.Desired)}";
        if (line.Length <= MaxWidth && !HasLines(field.Current) && !HasLines(field.Desired))
            return [line];

        var (old, wanted) = (LinesOf(field.Current), LinesOf(field.Desired));
        var before = old.Zip(wanted).TakeWhile(pair => pair.First == pair.Second).Count();
        var after = old.Skip(before).Reverse().Zip(wanted.Skip(before).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return
        [
            HasLines(field.Current) && HasLines(field.Desired) ? FormattableString.Invariant($"{path}, line {before + 1}:") : $"{path}:",
            .. Signed('-', old[before..^after]),
            .. Signed('+', wanted[before..^after]),
        ];
    }

    private static string Sign(ConfigurationChange change) => change switch
    {
        ConfigurationChange.Create => "+",
        ConfigurationChange.Update => "~",
        ConfigurationChange.Replace => "-/+",
        ConfigurationChange.Remove => "-",
        _ => "=",
    };

    private static bool HasLines(object? value) => value is string text && text.Contains('\n', StringComparison.Ordinal);

    private static string[] LinesOf(object? value) => value switch
    {
        null => [],
        string text when HasLines(text) => [.. text.Split('\n').Select(line => DisplayText.OneLine(line.Replace('\t', ' ')))],
        string text => [$"'{DisplayText.OneLine(text)}'"],
        IDictionary => [ConfigurationValueText.Of(value)],
        IEnumerable items => [.. items.Cast<object?>().Select(item => ConfigurationValueText.Of(item))],
        _ => [ConfigurationValueText.Of(value)],
    };

    private static IEnumerable<string> Signed(char sign, string[] lines)
    {
        foreach (var line in lines.Take(MaxLines))
            yield return $"  {sign} {line}";

        if (lines.Length > MaxLines)
            yield return FormattableString.Invariant($"  {sign} … ({lines.Length - MaxLines} more lines)");
    }
}
