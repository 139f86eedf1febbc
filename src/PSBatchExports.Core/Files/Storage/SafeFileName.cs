using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PSBatchExports.Files.Storage;

/// <summary>Turns a name from outside into one that every platform takes, the same on each (docs/wire.md, section 14).</summary>
internal static partial class SafeFileName
{
    // Room for the ending of the temporary name, below the 255 bytes that file systems allow.
    private const int MostBytes = 200;

    public static string From(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            safe.Append(IsForbidden(rune) ? "-" : rune.ToString());

        var text = safe.ToString().Trim().TrimEnd('.', ' ');
        if (text.Length == 0 || text.All(character => character == '.'))
            text = "file";

        // A name with a leading dot is hidden, and may be a settings file or a partial download of this module.
        if (text[0] == '.' || IsReservedOnWindows(text))
            text = "_" + text;

        return Shorten(text);
    }

    private static bool IsForbidden(Rune rune) =>
        Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format || rune == Rune.ReplacementChar
        || (rune.IsAscii && "<>:\"/\\|?*".Contains((char)rune.Value, StringComparison.Ordinal));

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostBytes)
            return name;

        var mark = "~" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        var extension = Extension().Match(name).Value;
        var stem = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount(mark) + Encoding.UTF8.GetByteCount(extension);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes)
                break;

            stem.Append(rune);
        }

        return stem.Append(mark).Append(extension).ToString();
    }

    private static bool IsReservedOnWindows(string name)
    {
        var stem = name.Split('.')[0].TrimEnd().ToLowerInvariant();
        return stem is "con" or "prn" or "aux" or "nul" or "conin$" or "conout$"
            || (stem is [_, _, _, var digit] && stem[..3] is "com" or "lpt" && digit is (>= '0' and <= '9') or '\u00b9' or '\u00b2' or '\u00b3');
    }

    [GeneratedRegex(@"(\.[A-Za-z0-9]{1,10}){0,2}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Extension();
}
