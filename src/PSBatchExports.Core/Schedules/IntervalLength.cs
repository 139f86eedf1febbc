using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Schedules;

/// <summary>The lengths of the service's intervals (docs/wire.md, section 7).</summary>
internal static partial class IntervalLength
{
    /// <summary>The nominal length; null for an interval that this module does not know.</summary>
    public static TimeSpan? Of(string? interval) => interval switch
    {
        "hour" => TimeSpan.FromHours(1),
        "day" => TimeSpan.FromDays(1),
        "week" => TimeSpan.FromDays(7),
        null => null,
        _ => Pattern().Match(interval) is { Success: true } match ? Minutes(match.Groups["minutes"].Value) : null,
    };

    // Intervals that do not divide a day have no fixed boundaries.
    private static TimeSpan? Minutes(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes is > 0 and < 1440
        && 1440 % minutes == 0
            ? TimeSpan.FromMinutes(minutes)
            : null;

    [GeneratedRegex(@"^every (?<minutes>\d{1,4}) minutes\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
