using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>
/// Reads times from text, the same way in every culture: without an offset they are UTC. A date whose day and month cannot be told apart is refused, as is
/// a year of another calendar.
/// </summary>
internal static partial class TimeText
{
    private const int FirstYear = 1900;
    private const int LastYear = 2200;
    private const string Form = "Write it as 2026-11-01 or 2026-11-01T12:00:00Z, or give a DateTime or DateTimeOffset.";

    /// <returns>The time; null where there is no text.</returns>
    /// <exception cref="FormatException">It is no time, or may be several; the message names it and the remedy.</exception>
    public static DateTimeOffset? Read(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        return Word(text.Trim(), now) ?? Parse(text);
    }

    private static DateTimeOffset? Word(string text, DateTimeOffset now)
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

    private static DateTimeOffset Parse(string text)
    {
        var written = NumbersOnly().Match(text) is { Success: true } date ? InOrder(text, date) : text;
        var isTime = DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        if (!isTime || IsNumber(text) || HasNoDate(text))
            throw new FormatException($"'{text}' is not a time. {Form}");

        return time.Year is >= FirstYear and <= LastYear
            ? time
            : throw new FormatException($"'{text}' is in the year {time.Year}, which no data is from; it may be of another calendar. {Form}");
    }

    // "30/11/2026" with the year first, where one of the numbers can only be the day.
    private static string InOrder(string text, Match date)
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
            throw new FormatException($"'{text}' is not a time. {Form}");

        throw new FormatException(FormattableString.Invariant(
            $"'{text}' is ambiguous: it may be {year}-{first:00}-{second:00} or {year}-{second:00}-{first:00}. Write the one that you mean."));
    }

    private static int Number(Match date, string group) => int.Parse(date.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool HasNoDate(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time) && time.Year == 1;

    [GeneratedRegex(
        @"^\s*(?<first>\d{1,2})(?<mark>[./-])\s?(?<second>\d{1,2})\k<mark>\s?(?<year>\d{2,4})(?!\d)(?<rest>.*)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumbersOnly();
}
