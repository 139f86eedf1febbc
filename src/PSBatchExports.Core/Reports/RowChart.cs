using System.Globalization;
using System.Text;

namespace PSBatchExports.Reports;

/// <summary>Draws the rows of an export as bars on the same time axis as its coverage. Unknown numbers are hollow.</summary>
internal static class RowChart
{
    private const int BarHeight = 40;
    private const double GapShare = 0.15;

    /// <summary>Writes the bars.</summary>
    /// <param name="html">The page.</param>
    /// <param name="report">The export.</param>
    /// <param name="width">The width in the units of the picture.</param>
    public static void Write(HtmlWriter html, ExportReport report, int width)
    {
        using var picture = html.Element(
            "svg",
            ("class", "bars"),
            ("viewBox", FormattableString.Invariant($"0 0 {width} {BarHeight}")),
            ("preserveAspectRatio", "none"),
            ("role", "img"),
            ("aria-label", Describe(report)));
        var (axis, max) = (new TimeAxis(report.Window, width), Math.Max(1, Max(report)));
        var (known, unknown) = (new StringBuilder(), new StringBuilder());
        foreach (var rows in report.Rows)
        {
            var (left, right) = (axis.X(rows.Range.Start), axis.X(rows.Range.End));
            right = left + ((right - left) * (1 - GapShare));
            var height = rows.Records is { } records ? (double)BarHeight * records / max : BarHeight / 2;
            if (height > 0 && right > left)
                Append(rows.Records is null ? unknown : known, left, right, Math.Max(height, 1));
        }

        html.Raw($"<path class=\"base\" d=\"M0 {BarHeight}H{width}\"/>");
        if (known.Length > 0)
            html.Raw($"<path class=\"bar\" d=\"{known}\"/>");

        if (unknown.Length > 0)
            html.Raw($"<path class=\"bar unknown\" d=\"{unknown}\"/>");
    }

    /// <summary>"Rows a day: at most 2,400 on 2026-11-03, 60,000 in all."</summary>
    public static string Describe(ExportReport report)
    {
        var unit = Unit(report);
        var known = report.Rows.Where(rows => rows.Records is not null).ToArray();
        if (known.Length == 0)
            return $"Rows a {unit}: none are known.";

        var top = known.MaxBy(rows => rows.Records)!;
        var unknown = report.Rows.Count - known.Length;
        var more = unknown > 0 ? $"; unknown for {ReportText.Count(unknown, unit)}" : "";
        return $"Rows a {unit}: {ReportText.Number(known.Sum(rows => rows.Records!.Value))} in all, at most "
            + $"{ReportText.Number(top.Records!.Value)} on {ReportText.Day(DateOf(top.Range))}{more}.";
    }

    /// <summary>What a bar stands for.</summary>
    public static string Unit(ExportReport report) => report.Export?.Interval == "week" ? "week" : "day";

    /// <summary>The date that a day is called by in any time zone: that of its middle.</summary>
    public static DateTimeOffset DateOf(TimeRange range) => range.Length.TotalDays < 2 ? range.Start + (range.Length / 2) : range.Start;

    private static long Max(ExportReport report) => report.Rows.Max(rows => rows.Records) ?? 0;

    private static void Append(StringBuilder path, double left, double right, double height) => path.Append(
        CultureInfo.InvariantCulture,
        $"M{left:0.#} {BarHeight}v-{height:0.#}H{right:0.#}v{height:0.#}z");
}
