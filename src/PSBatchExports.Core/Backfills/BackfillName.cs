using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Backfills;

/// <summary>
/// The name of a backfill's workflow. The service returns it instead of an id for a retried run, and older servers for every backfill
/// (docs/wire.md, section 11).
/// </summary>
/// <param name="StartAt">The start of the backfill; null for the beginning of time.</param>
/// <param name="EndAt">The end of the backfill; null if the name has none.</param>
internal sealed partial record BackfillName(DateTimeOffset? StartAt, DateTimeOffset? EndAt)
{
    /// <summary>The interval as a key, equal for a backfill and its name.</summary>
    public string Window => string.Create(CultureInfo.InvariantCulture, $"{StartAt?.UtcTicks} {EndAt?.UtcTicks}");

    /// <summary>Parses a name; null for any other text.</summary>
    public static BackfillName? Parse(string text)
    {
        if (Pattern().Match(text) is not { Success: true, Groups: var groups })
            return null;

        return TryParseBound(groups["start"].Value, out var start) && TryParseBound(groups["end"].Value, out var end)
            ? new BackfillName(start, end)
            : null;
    }

    public static string WindowOf(BatchExportBackfill backfill) => new BackfillName(backfill.StartAt, backfill.EndAt).Window;

    private static bool TryParseBound(string text, out DateTimeOffset? bound)
    {
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        bound = isTime ? time : null;
        return isTime || text is "START" or "END";
    }

    [GeneratedRegex(
        @"^.+-Backfill-(?<start>START|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d))-(?<end>END|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d))\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
