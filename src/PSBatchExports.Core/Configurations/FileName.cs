using System.Text;

namespace PSBatchExports.Configurations;

/// <summary>Turns the names of exports into names of files that every platform takes.</summary>
internal static class FileName
{
    private const int MaxLength = 100;

    private static readonly HashSet<string> Reserved = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(number => new[] { $"com{number}", $"lpt{number}" })],
        StringComparer.OrdinalIgnoreCase);

    public static string For(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var character in name)
            safe.Append(char.IsControl(character) || "<>:\"/\\|?*[]".Contains(character, StringComparison.Ordinal) ? '-' : character);

        var text = safe.ToString().Trim().TrimEnd('.');
        if (text.Length > MaxLength)
            text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];

        if (text.Length == 0 || text[0] == '.')
            text = $"_{text}";

        return Reserved.Contains(text.Split('.')[0]) ? $"_{text}" : text;
    }
}
