using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>What is said of a range before it is saved.</summary>
internal static class RangeTexts
{
    /// <summary>What the range is, and what it costs as far as that is known.</summary>
    public static string Target(RangeSaveOptions options, WindowPlan plan)
    {
        var known = plan.Known.Count(window => window.State == LedgerState.Saved);
        var saved = known == 0 ? "" : $", {Count(known, "window")} saved before";
        return $"{options.Settings.Model} from {Time(options.Range.Start)} to {Time(options.Range.End)} UTC into '{options.Folder}': "
            + $"{Count(plan.RunsToStart, "run")} to start, {Rows(plan)}{saved}";
    }

    /// <summary>What is done.</summary>
    public static string Action(WindowPlan plan) =>
        plan.RunsToStart == 0 ? "Save what was exported before" : "Export by runs on demand and save (billed by the rows exported)";

    private static string Rows(WindowPlan plan) => plan switch
    {
        { RunsToStart: 0 } => "no rows to pay for",
        { EstimatedRecords: { } rows } => string.Create(CultureInfo.InvariantCulture, $"about {rows:N0} rows"),
        _ => "rows unknown until the first runs have completed",
    };

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Time(DateTimeOffset time) => SpanText.Minute(time)!;
}
