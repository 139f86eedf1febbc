using System.Text;

namespace PSBatchExports;

/// <summary>Text from outside, made fit for a terminal: no control characters, bounded length.</summary>
internal static class DisplayText
{
    private const int MostCharacters = 4000;

    public static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        var clean = new StringBuilder(Math.Min(text.Length, MostCharacters));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
            clean.Append(char.IsControl(character) && character is not '\n' ? '\uFFFD' : character);

        return clean.ToString();
    }
}
