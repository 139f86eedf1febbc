using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>
/// Dates whose day and month half the world reads the other way round, such as 03/11/2026. They are read as PowerShell casts them, month first; binding notes
/// them here, and the cmdlet, which alone can warn, says how they were read. Binding and cmdlet share a thread. With dots nobody writes the month first.
/// </summary>
internal static partial class AmbiguousDates
{
    // A command that never began, because another parameter did not bind, leaves its notes behind.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static List<(string Warning, long At)>? _noted;

    public static void NoteIfAmbiguous(string text, DateTimeOffset readAs)
    {
        if (NumbersOnly().Match(text) is { Success: true } date && IsMonth(date, "first") && IsMonth(date, "second") && readAs.Day != readAs.Month)
            (_noted ??= []).Add((FormattableString.Invariant($"'{text}' was read as {readAs:yyyy-MM-dd}, month first. If it is {readAs:yyyy-dd-MM}, write it that way round, which is never ambiguous."), TimeProvider.System.GetTimestamp()));
    }

    public static bool IsDotted(string text) => Dotted().IsMatch(text);

    /// <summary>The warnings due, once.</summary>
    public static IEnumerable<string> TakeWarnings()
    {
        if (_noted is not { Count: > 0 } noted)
            return [];

        _noted = null;
        return noted.Where(note => TimeProvider.System.GetElapsedTime(note.At) < Freshness).Select(note => note.Warning);
    }

    /// <summary>For a command that will not begin.</summary>
    public static void Forget() => _noted = null;

    private static bool IsMonth(Match date, string group) => int.Parse(date.Groups[group].ValueSpan, CultureInfo.InvariantCulture) <= 12;

    // With a time to the second it is what PowerShell makes of a time put into a text, and nobody's own writing.
    [GeneratedRegex(@"^\s*(?<first>\d{1,2})[/-](?<second>\d{1,2})[/-](?>\d{2,4})(?! \d\d:\d\d:\d\d\z)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumbersOnly();

    [GeneratedRegex(@"^\s*\d{1,2}\.\s*\d{1,2}\.\s*\d{2,4}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dotted();
}
