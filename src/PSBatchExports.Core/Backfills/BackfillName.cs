using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Backfills;

/// <summary>
/// The name of a backfill's workflow, which is all that the service tells of a run that is started again, and older servers of any backfill
/// (docs/wire.md, section 11).
/// </summary>
/// <param name="StartAt">Start of the backfill; null from the beginning of time.</param>
/// <param name="EndAt">End of the backfill.</param>
internal sealed partial record BackfillName(DateTimeOffset? StartAt, DateTimeOffset? EndAt)
{
    /// <summary>What a backfill and its name have in common.</summary>
    public string Window => string.Create(CultureInfo.InvariantCulture, $"{StartAt?.UtcTicks} {EndAt?.UtcTicks}");

    /// <summary>The name's bounds; null for a text that is no such name.</summary>
    public static BackfillName? Parse(string text) => Pattern().Match(text) is { Success: true, Groups: var groups }
        && Bound(groups["start"].Value, out var start) && Bound(groups["end"].Value, out var end) ? new BackfillName(start, end) : null;

    public static string WindowOf(BatchExportBackfill backfill) => new BackfillName(backfill.StartAt, backfill.EndAt).Window;

    private static bool Bound(string text, out DateTimeOffset? bound)
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
