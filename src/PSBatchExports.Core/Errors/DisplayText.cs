using System.Text;

namespace PSBatchExports;

/// <summary>Text from outside, made fit for a terminal: no control characters, nothing that turns the direction of writing, bounded length.</summary>
internal static class DisplayText
{
    private const int MostCharacters = 4000;

    public static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        var clean = new StringBuilder(Math.Min(text.Length, MostCharacters));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
            clean.Append(IsHarmful(character) ? '\uFFFD' : character);

        return clean.ToString();
    }

    private static bool IsHarmful(char character) =>
        (char.IsControl(character) && character is not '\n') || character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
