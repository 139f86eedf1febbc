using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PSBatchExports.Files.Storage;

/// <summary>Turns a name from the storage into one that is valid, and the same, on every platform (docs/wire.md, section 14).</summary>
internal static partial class SafeFileName
{
    // File systems allow 255 bytes; a temporary name is longer than the name.
    private const int MaxBytes = 200;

    public static string From(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            safe.Append(IsForbidden(rune) ? "-" : rune.ToString());

        var text = safe.ToString().Trim().TrimEnd('.', ' ');
        if (text.Length == 0 || text.All(character => character == '.'))
            text = "file";

        // A leading dot would hide the file. It may also be the name of a settings file, or of a partial file of this module.
        if (text[0] == '.' || IsReservedOnWindows(text))
            text = "_" + text;

        return Shorten(text);
    }

    private static bool IsForbidden(Rune rune) =>
        Rune.IsControl(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format
        || rune == Rune.ReplacementChar
        || (rune.IsAscii && "<>:\"/\\|?*".Contains((char)rune.Value, StringComparison.Ordinal));

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes)
            return name;

        var hash = "~" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        var extension = Extension().Match(name).Value;
        var stem = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount(hash) + Encoding.UTF8.GetByteCount(extension);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes)
                break;

            stem.Append(rune);
        }

        return stem.Append(hash).Append(extension).ToString();
    }

    private static bool IsReservedOnWindows(string name)
    {
        var stem = name.Split('.')[0].TrimEnd().ToLowerInvariant();
        return stem is "con" or "prn" or "aux" or "nul" or "conin$" or "conout$"
            || (stem is [_, _, _, var digit] && stem[..3] is "com" or "lpt" && IsPortDigit(digit));

        // Windows reserves superscript digits, too.
        static bool IsPortDigit(char digit) => digit is (>= '0' and <= '9') or '\u00b9' or '\u00b2' or '\u00b3';
    }

    [GeneratedRegex(
        @"(\.[A-Za-z0-9]{1,10}){0,2}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Extension();
}
