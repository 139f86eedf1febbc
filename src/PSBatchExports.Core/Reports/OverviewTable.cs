using System.Globalization;
using PSBatchExports.Text;

namespace PSBatchExports.Reports;

/// <summary>
/// The table of all exports. The roles are written out, because a narrow screen shows rows as cards, and browsers then forget that it is a
/// table.
/// </summary>
internal static class OverviewTable
{
    private const int StripColumns = 180;
    private const string None = "\u2013";

    public static void Write(HtmlWriter html, IReadOnlyList<ExportReport> reports)
    {
        if (reports.Count == 0)
        {
            html.Element("p", "There are no exports.");
            return;
        }

        var hasProjects = HasSeveralProjects(reports);
        using var table = html.Element("table", ("class", "overview"), ("role", "table"), ("id", "overview"));
        html.Element("caption", "All exports");
        WriteHead(html, hasProjects);
        using var body = html.Element("tbody", ("role", "rowgroup"));
        for (var index = 0; index < reports.Count; index++)
        {
            html.Break();
            WriteRow(html, reports[index], index + 1, hasProjects);
        }
    }

    /// <summary>Whether the exports are of several projects or services.</summary>
    public static bool HasSeveralProjects(IReadOnlyList<ExportReport> reports) =>
        reports.DistinctBy(report => (report.ApiHost, report.ProjectId)).Skip(1).Any();

    private static void WriteHead(HtmlWriter html, bool hasProjects)
    {
        using var head = html.Element("thead", ("role", "rowgroup"));
        using var row = html.Element("tr", ("role", "row"));
        string[] columns =
        [
            "Verdict", "Export", .. hasProjects ? ["Project"] : Array.Empty<string>(), "Destination", "Interval", "Data until", "Lag",
            "Next expected",
        ];
        foreach (var column in columns)
            html.Element("th", column, ("scope", "col"), ("role", "columnheader"), ("class", "sortable"));

        html.Element("th", "Coverage", ("scope", "col"), ("role", "columnheader"), ("class", "sortable"));
        html.Element("th", "Rows a day", ("scope", "col"), ("role", "columnheader"), ("class", "sortable"));
    }

    private static void WriteRow(HtmlWriter html, ExportReport report, int number, bool hasProjects)
    {
        using var row = html.Element("tr", ("role", "row"));
        using (Cell(html, "Verdict", VerdictBadge.RankOf(report), "first"))
            VerdictBadge.Write(html, report);

        using (html.Element("th", ("scope", "row"), ("role", "rowheader"), ("data-sort", report.Name)))
        {
            using var link = html.Element("a", ("href", $"#export-{number}"));
            html.Element("bdi", report.Name);
        }

        if (hasProjects)
            Cell(html, "Project", $"{report.ProjectId}, {report.ApiHost.Authority}");

        Cell(html, "Destination", report.Export?.Destination?.Type);
        using (Cell(html, "Interval", IntervalOrder(report), "text"))
            html.Text(report.Export?.Every ?? None);

        Time(html, "Data until", report.Health?.DataUntil);
        using (Cell(html, "Lag", (long)(report.Health?.Lag ?? TimeSpan.MaxValue).TotalSeconds, "lag"))
            html.Text(report.Health?.Lag is { } lag ? ReadableDuration.Format(lag) : None);

        Time(html, "Next expected", report.Health?.NextExpected);
        using (Cell(html, "Coverage", -Uncovered(report), "picture"))
            WriteCoverage(html, report);

        using (Cell(html, $"Rows a {RowChart.Unit(report)}", report.Rows.Sum(rows => rows.Records ?? 0), "picture"))
        {
            if (report.Rows.Count > 0)
                RowChart.Write(html, report, StripColumns);
            else
                html.Text(None);
        }
    }

    private static void WriteCoverage(HtmlWriter html, ExportReport report)
    {
        if (report.Coverage.Count > 0)
            CoverageStrip.Write(html, report, StripColumns, hasRuler: false);
        else
            html.Text(None);

        if (CoverageStrip.DescribeGaps(report) is { Length: > 0 } gaps)
            html.Element("span", gaps, ("class", "note"));
    }

    private static long Uncovered(ExportReport report) => report.Gaps.Sum(gap => (long)gap.Intervals);

    private static long IntervalOrder(ExportReport report) =>
        report.Export is { } export && Schedules.IntervalLength.Of(export.Interval) is { } length
            ? (long)length.TotalMinutes
            : long.MaxValue;

    private static HtmlWriter.EndTag Cell(HtmlWriter html, string label, long order, string? style = null) => html.Element(
        "td",
        ("role", "cell"),
        ("class", style),
        ("data-label", label),
        ("data-sort", order.ToString(CultureInfo.InvariantCulture)));

    private static void Cell(HtmlWriter html, string label, string? text) =>
        html.Element("td", text ?? None, ("role", "cell"), ("class", "text"), ("data-label", label), ("data-sort", text ?? ""));

    private static void Time(HtmlWriter html, string label, DateTimeOffset? time)
    {
        using var cell = Cell(html, label, time?.ToUnixTimeSeconds() ?? 0);
        if (time is { } at)
            html.Element("time", ReportText.Minute(at), ("datetime", ReportText.Machine(at)));
        else
            html.Text(None);
    }
}
