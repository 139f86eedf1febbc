using System.Text;

namespace PSBatchExports.Configurations;

/// <summary>Turns the names of exports into names of files that every platform takes.</summary>
internal static class FileName
{
    private const int MaxLength = 100;

    // File systems allow 255 bytes, in which an ending has to fit, and that of the temporary file.
    private const int MaxBytes = 200;

    private static readonly HashSet<string> Reserved = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(number => new[] { $"com{number}", $"lpt{number}" })],
        StringComparer.OrdinalIgnoreCase);

    public static string For(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var character in name)
            safe.Append(char.IsControl(character) || "<>:\"/\\|?*[]".Contains(character, StringComparison.Ordinal) ? '-' : character);

        var text = safe.ToString().Trim().TrimEnd('.');
        text = Shortened(text);
        if (text.Length == 0 || text[0] == '.')
            text = $"_{text}";

        if (ConfigurationFolder.IsOther($"{text}.json"))
            text = $"{text}_";

        return Reserved.Contains(text.Split('.')[0]) ? $"_{text}" : text;
    }

    private static string Shortened(string text)
    {
        var (length, bytes) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (length + rune.Utf16SequenceLength > MaxLength || bytes > MaxBytes)
                break;

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}
