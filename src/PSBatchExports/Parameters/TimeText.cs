using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>
/// Parses times independently of the culture; without an offset they are UTC. Refuses a date whose day and month are ambiguous,
/// and a year that is likely of another calendar.
/// </summary>
internal static partial class TimeText
{
    private const int FirstYear = 1900;
    private const int LastYear = 2200;
    private const string FormatHint = "Write it as 2026-11-01 or 2026-11-01T12:00:00Z, or give a DateTime or DateTimeOffset.";

    /// <returns>The time; null for empty text.</returns>
    /// <exception cref="FormatException">The text is not a time, or is ambiguous; the message has the remedy.</exception>
    public static DateTimeOffset? Parse(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        return ParseKeyword(text.Trim(), now) ?? ParseDate(text);
    }

    private static DateTimeOffset? ParseKeyword(string text, DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return text.ToUpperInvariant() switch
        {
            "NOW" => now,
            "TODAY" => today,
            "YESTERDAY" => today.AddDays(-1),
            _ => null,
        };
    }

    private static DateTimeOffset ParseDate(string text)
    {
        var isoText = NumericDate().Match(text) is { Success: true } date ? YearFirst(text, date) : text;
        var isTime = DateTimeOffset.TryParse(isoText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        if (!isTime || IsNumber(text) || HasNoDate(text))
            throw new FormatException($"'{text}' is not a time. {FormatHint}");

        return time.Year is >= FirstYear and <= LastYear
            ? time
            : throw new FormatException(
                $"'{text}' is in the year {time.Year}, which is out of range; it may be of another calendar. {FormatHint}");
    }

    // Converts 30/11/2026 to 2026-11-30 if only one of the numbers can be the day.
    private static string YearFirst(string text, Match date)
    {
        var (first, second, year) = (Number(date, "first"), Number(date, "second"), date.Groups["year"].Value);
        var isMonthFirst = first <= 12 && second > 12;
        var isDayFirst = first > 12 && second <= 12;
        if (year.Length == 4 && (isMonthFirst || isDayFirst || first == second))
        {
            var (month, day) = isMonthFirst ? (first, second) : (second, first);
            return FormattableString.Invariant($"{year}-{month:00}-{day:00}{date.Groups["rest"].Value}");
        }

        if (year.Length != 4 || first > 12 || first == 0 || second == 0)
            throw new FormatException($"'{text}' is not a time. {FormatHint}");

        var candidates = FormattableString.Invariant($"{year}-{first:00}-{second:00} or {year}-{second:00}-{first:00}");
        throw new FormatException($"'{text}' is ambiguous: it may be {candidates}. Write the one that you mean.");
    }

    private static int Number(Match date, string group) => int.Parse(date.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool HasNoDate(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time) && time.Year == 1;

    [GeneratedRegex(
        @"^\s*(?<first>\d{1,2})(?<separator>[./-])\s?(?<second>\d{1,2})\k<separator>\s?(?<year>\d{2,4})(?!\d)(?<rest>.*)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumericDate();
}
