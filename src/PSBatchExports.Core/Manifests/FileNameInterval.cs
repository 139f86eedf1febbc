using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Manifests;

/// <summary>The interval in the name of a file: {start}-{end}-{number}.{extension} (docs/wire.md, section 14).</summary>
internal static partial class FileNameInterval
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz";

    /// <summary>The bounds of the data; null if the name does not begin with them.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End)? Find(string name)
    {
        if (Interval().Match(name) is not { Success: true } match)
            return null;

        return Parse(match, "start") is { } start && Parse(match, "end") is { } end ? (start, end) : null;
    }

    private static DateTimeOffset? Parse(Match match, string bound)
    {
        var date = match.Groups[bound + "Date"].Value;

        // Saved names have - instead of :.
        var time = match.Groups[bound + "Time"].Value.Replace('-', ':');
        var offset = match.Groups[bound + "Offset"].Value;
        var text = $"{date}T{time}{offset[0]}{offset[1..].Replace('-', ':')}";
        return DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value.ToUniversalTime()
            : null;
    }

    [GeneratedRegex(
        @"^(?<startDate>\d{4}-\d\d-\d\d)T(?<startTime>\d\d[:-]\d\d[:-]\d\d(\.\d{1,6})?)(?<startOffset>[+-]\d\d[:-]\d\d)"
        + @"-(?<endDate>\d{4}-\d\d-\d\d)T(?<endTime>\d\d[:-]\d\d[:-]\d\d(\.\d{1,6})?)(?<endOffset>[+-]\d\d[:-]\d\d)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Interval();
}
