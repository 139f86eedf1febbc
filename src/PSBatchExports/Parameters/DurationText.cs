using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>Parses durations: seconds, a number with a unit such as 90m, 2h or 1d, or hours:minutes:seconds.</summary>
internal static partial class DurationText
{
    /// <exception cref="FormatException">The text is not a duration.</exception>
    public static TimeSpan Parse(string text)
    {
        var match = WithUnit().Match(text);
        if (match.Success)
            return FromSeconds(Number(match) * SecondsIn(match.Groups["unit"].Value), text);

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : throw Refuse(text);
    }

    /// <exception cref="FormatException">The duration is too long.</exception>
    public static TimeSpan FromSeconds(double seconds, object input)
    {
        try
        {
            return TimeSpan.FromSeconds(seconds);
        }
        catch (Exception failure) when (failure is OverflowException or ArgumentException)
        {
            throw Refuse(input);
        }
    }

    public static FormatException Refuse(object? value) =>
        new($"'{value}' is not a time span. Give seconds, a number with a unit such as 90m, 2h or 1d, or hours:minutes:seconds.");

    private static double Number(Match match) => double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    private static double SecondsIn(string unit) => unit.ToUpperInvariant() switch
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
