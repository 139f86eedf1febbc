using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>Reads durations from text: a plain number is seconds, 90m, 2h or 1d, or hours:minutes:seconds.</summary>
internal static partial class DurationText
{
    /// <exception cref="FormatException">It is no duration.</exception>
    public static TimeSpan Read(string text)
    {
        if (WithUnit().Match(text) is { Success: true } match)
            return FromSeconds(double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * SecondsOf(match.Groups["unit"].Value), text);

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : throw Refuse(text);
    }

    /// <exception cref="FormatException">It is longer than any duration.</exception>
    public static TimeSpan FromSeconds(double seconds, object written)
    {
        try
        {
            return TimeSpan.FromSeconds(seconds);
        }
        catch (Exception failure) when (failure is OverflowException or ArgumentException)
        {
            throw Refuse(written);
        }
    }

    public static FormatException Refuse(object? value) =>
        new($"'{value}' is not a time span. Give seconds, a number with a unit such as 90m, 2h or 1d, or hours:minutes:seconds.");

    private static double SecondsOf(string unit) => unit.ToUpperInvariant() switch
    {
        "" or "S" => 1,
        "M" => 60,
        "H" => 60 * 60,
        "D" => 24 * 60 * 60,
        _ => 7 * 24 * 60 * 60,
    };

    [GeneratedRegex(
        @"^\s*(?<number>-?\d+(\.\d+)?)\s*(?<unit>[smhdw]?)\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex WithUnit();
}
