using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Storage;

/// <summary>A single byte range of an object of known length.</summary>
internal sealed partial record ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <summary>Null for a header that is not a single byte range, which the storage ignores.</summary>
    public static ByteRange? Parse(string? header, long length)
    {
        if (header is null || Syntax().Match(header) is not { Success: true } match)
            return null;

        if (match.Groups["first"].Value is not { Length: > 0 } first)
            return match.Groups["last"].Length == 0 ? null : Suffix(Number(match.Groups["last"].Value), length);

        var last = match.Groups["last"].Length == 0 ? long.MaxValue : Number(match.Groups["last"].Value);
        return last < Number(first) ? null : new ByteRange(Number(first), Math.Min(last, length - 1));
    }

    public bool IsSatisfiable(long length) => First < length && Length > 0;

    private static ByteRange Suffix(long count, long length) => new(Math.Max(0, length - count), length - 1);

    private static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("^bytes=(?<first>[0-9]{0,18})-(?<last>[0-9]{0,18})$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Syntax();
}
