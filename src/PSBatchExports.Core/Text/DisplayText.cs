using System.Globalization;
using System.Text;

namespace PSBatchExports;

/// <summary>
/// Makes text from outside safe for a terminal: control characters and invisible formatting characters, such as those that reverse the
/// direction of text, become U+FFFD. Line breaks and joiners stay.
/// </summary>
public static class DisplayText
{
    private const int MaxCharacters = 4000;
    private const char Replacement = '\uFFFD';
    private static readonly char[] Breaks = ['\r', '\n', '\t'];

    /// <summary>The safe text, truncated to 4,000 characters; null if it is blank.</summary>
    /// <param name="text">The text; null for none.</param>
    public static string? Clean(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : Harmless(text.Length > MaxCharacters ? text[..MaxCharacters] : text);

    /// <summary>The safe text in one line, with spaces for line breaks and tabs; null if it is blank.</summary>
    /// <param name="text">The text; null for none.</param>
    public static string? Line(string? text) =>
        Clean(text) is { } clean
            ? string.Join(' ', clean.Split(Breaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : null;

    /// <summary>The safe text in full.</summary>
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

    /// <summary>The safe text in full and in one line: line breaks become U+FFFD, too, so that a name cannot imitate a prompt.</summary>
    /// <param name="text">The text.</param>
    public static string OneLine(string text) => Harmless(text).ReplaceLineEndings(Replacement.ToString());

    /// <summary>The origin of an address, without user name and password.</summary>
    internal static string Origin(Uri address) => Harmless(address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));

    private static bool IsHarmful(char character) => char.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control => character is not '\n',
        UnicodeCategory.Format => character is not ('\u200C' or '\u200D'),
        _ => false,
    };
}
