using System.Globalization;
using System.Text;

namespace PSBatchExports;

/// <summary>
/// Text from outside, made fit for a terminal: without control characters, which move the cursor, colour and rename; and without the invisible ones that turn the
/// direction of writing. Each is shown as U+FFFD. Line breaks stay, and what joins letters and emoji.
/// </summary>
public static class DisplayText
{
    private const int MostCharacters = 4000;
    private const char Replacement = '\uFFFD';
    private static readonly char[] Breaks = ['\r', '\n', '\t'];

    /// <summary>A text of bounded length, or null where there is nothing to read in it.</summary>
    /// <param name="text">The text; null for none.</param>
    public static string? Clean(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : Harmless(text.Length > MostCharacters ? text[..MostCharacters] : text);

    /// <summary>The text in one line, its lines and columns joined by blanks; null where there is nothing to read in it.</summary>
    /// <param name="text">The text; null for none.</param>
    public static string? Line(string? text) =>
        Clean(text) is { } clean ? string.Join(' ', clean.Split(Breaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) : null;

    /// <summary>The whole text.</summary>
    /// <param name="text">The text.</param>
    public static string Harmless(string text)
    {
        if (!text.Any(IsHarmful))
            return text;

        var clean = new StringBuilder(text.Replace("\r\n", "\n", StringComparison.Ordinal));
        for (var at = 0; at < clean.Length; at++)
        {
            if (IsHarmful(clean[at]))
                clean[at] = Replacement;
        }

        return clean.ToString();
    }

    /// <summary>The whole text in one line: a line break, too, is shown as U+FFFD, so that no name looks like the lines of a question.</summary>
    /// <param name="text">The text.</param>
    public static string OneLine(string text) => Harmless(text).ReplaceLineEndings(Replacement.ToString());

    /// <summary>The origin of an address, without user and password.</summary>
    internal static string Origin(Uri address) => Harmless(address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));

    private static bool IsHarmful(char character) => char.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control => character is not '\n',
        UnicodeCategory.Format => character is not ('\u200C' or '\u200D'),
        _ => false,
    };
}
