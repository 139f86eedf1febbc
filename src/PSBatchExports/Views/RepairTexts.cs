using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>Describes the ranges of a repair.</summary>
internal static class RepairTexts
{
    // An on-demand run takes at most seven days.
    private static readonly TimeSpan MaxRun = TimeSpan.FromDays(7);

    /// <summary>"Backfill 2026-11-01 to 11-02 (24 intervals, about 12,000 rows, by event time)".</summary>
    public static string Action(RepairRange range)
    {
        var intervals = range.Intervals == 1
            ? "1 interval"
            : string.Create(CultureInfo.InvariantCulture, $"{range.Intervals:N0} intervals");
        var rows = range.EstimatedRecords is { } records
            ? string.Create(CultureInfo.InvariantCulture, $"about {records:N0} rows")
            : "an unknown number of rows";
        var exactness = range.Exactness == GapExactness.ByEventTime ? ", by event time" : "";
        var canary = range.IsCanary ? ", goes first" : "";
        return $"Backfill {SpanText.Between(range.Range.Start, range.Range.End)} ({intervals}, {rows}{exactness}{canary})";
    }

    /// <summary>A warning about time that is not exported again.</summary>
    public static string Refused(BatchExport export, string state, IReadOnlyList<RepairRefusal> refused)
    {
        var span = SpanText.Between(refused[0].Range.Start, refused[^1].Range.End);
        return state == BatchExportCoverageState.Running
            ? $"{export.Name}: {span} is left out, because a run or backfill of it is in progress."
            : $"{export.Name}: {span} is left out, because its scheduled run may still start.";
    }

    /// <summary>A warning about what a backfill of old intervals does, with the command that does better.</summary>
    public static string ByEventTime(BatchExport export, IReadOnlyList<RepairRange> ranges)
    {
        var ordered = ranges.Select(range => range.Range).OrderBy(range => range.Start).ToArray();
        var (start, end) = (ordered[0].Start, ordered[0].End);
        foreach (var next in ordered.TakeWhile(range => range.Start <= end && range.End - start <= MaxRun))
            end = next.End;

        var bounds = FormattableString.Invariant($"-DataIntervalStart {start:yyyy-MM-ddTHH:mm}Z -DataIntervalEnd {end:yyyy-MM-ddTHH:mm}Z");
        return $"{export.Name}: of intervals older than eight days a backfill takes the events that happened in them, not those that "
            + "arrived. Events that arrived late are missed (-LatenessMargin gets those that happened before), and some are sent twice: "
            + "remove duplicates by uuid. On-demand runs of at most seven days take events by arrival at any age, as files that you load "
            + $"yourself: Start-BatchExportRun {export.Model ?? "events"} {bounds}.";
    }
}
