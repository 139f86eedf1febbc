using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Api;

/// <summary>Times of the run filters: ISO, or relative such as <c>-7d</c>.</summary>
internal static partial class RelativeTime
{
    /// <summary>Returns <paramref name="now"/> for text that cannot be parsed.</summary>
    public static DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        if (WireInput.Timestamp(text) is { } time)
            return time;

        if (Syntax().Match(text) is not { Success: true } match)
            return now;

        var count = -int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "M" => now.AddMinutes(count),
            "h" => now.AddHours(count),
            "d" => now.AddDays(count),
            "w" => now.AddDays(7 * count),
            "m" => now.AddMonths(count),
            _ => now.AddYears(count),
        };
    }

    [GeneratedRegex("^-(?<count>[0-9]{1,5})(?<unit>[Mhdwmy])$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Syntax();
}
