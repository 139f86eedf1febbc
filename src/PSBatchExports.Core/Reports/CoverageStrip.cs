using System.Globalization;
using System.Text;

namespace PSBatchExports.Reports;

/// <summary>
/// Draws the coverage of an export as a strip along the time. States differ by shape, in the vertical direction only, because the picture
/// is stretched horizontally.
/// </summary>
internal static class CoverageStrip
{
    /// <summary>The height of the strip in the units of its picture.</summary>
    public const int Height = 24;

    private const int RulerHeight = 6;

    // From good to bad, since a column for several intervals shows the worst. The bands are top and height of what is drawn.
    private static readonly (string State, (int Top, int Height)[] Bands)[] Shapes =
    [
        (BatchExportCoverageState.Covered, [(0, 24)]),
        (BatchExportCoverageState.Empty, [(16, 8)]),
        (BatchExportCoverageState.Repeated, [(0, 10), (14, 10)]),
        (BatchExportCoverageState.Running, [(6, 12)]),
        (BatchExportCoverageState.Paused, [(10, 4)]),
        (BatchExportCoverageState.Late, [(12, 12)]),
        (BatchExportCoverageState.Failed, [(0, 6), (9, 6), (18, 6)]),
        (BatchExportCoverageState.Missing, [(0, 4), (20, 4)]),
    ];

    /// <summary>Writes the strip.</summary>
    /// <param name="html">The page.</param>
    /// <param name="report">The export.</param>
    /// <param name="columns">The resolution.</param>
    /// <param name="hasRuler">Whether days are marked below it.</param>
    public static void Write(HtmlWriter html, ExportReport report, int columns, bool hasRuler)
    {
        var height = hasRuler ? Height + RulerHeight : Height;
        using var picture = html.Element(
            "svg",
            ("class", "strip"),
            ("viewBox", FormattableString.Invariant($"0 0 {columns} {height}")),
            ("preserveAspectRatio", "none"),
            ("role", "img"),
            ("aria-label", Describe(report)));
        var axis = new TimeAxis(report.Window, columns);
        foreach (var (state, path) in Draw(report, axis))
            html.Raw($"<path class=\"s {ClassOf(state)}\" d=\"{path}\"/>");

        if (hasRuler)
            html.Raw($"<path class=\"tick\" d=\"{axis.Ruler(Height + 1, RulerHeight - 1)}\"/>");
    }

    /// <summary>Writes the states that occur, each with its shape.</summary>
    public static void WriteLegend(HtmlWriter html, IReadOnlyList<ExportReport> reports)
    {
        var present = reports.SelectMany(report => report.Coverage).Select(stretch => stretch.State).ToHashSet();
        if (present.Count == 0)
            return;

        using var list = html.Element("ul", ("class", "legend"));
        foreach (var (state, bands) in Shapes.Where(shape => present.Contains(shape.State)))
        {
            using var item = html.Element("li");
            var path = string.Concat(bands.Select(band => Rectangle(0, Height, band)));
            html.Raw(
                "<svg viewBox=\"0 0 24 24\" width=\"16\" height=\"16\" aria-hidden=\"true\">"
                + $"<path class=\"s {ClassOf(state)}\" d=\"{path}\"/></svg>");
            html.Text(Meaning(state));
        }
    }

    /// <summary>"720 intervals from 2026-11-01 00:00 to 2026-12-01 00:00: 716 covered, 4 missing."</summary>
    public static string Describe(ExportReport report)
    {
        var span = $"{ReportText.Minute(report.Window.Start)} to {ReportText.Minute(report.Window.End)} UTC";
        if (report.Coverage.Count == 0)
            return $"No interval was due from {span}.";

        return $"Coverage from {span}, {ReportText.Count(Intervals(report.Coverage), "interval")}: {Count(report.Coverage)}.";
    }

    /// <summary>"1 failed, 5 missing"; empty if there are no gaps.</summary>
    public static string DescribeGaps(ExportReport report) => Count(report.Gaps);

    private static string Count(IEnumerable<BatchExportCoverage> stretches)
    {
        var counts = stretches
            .GroupBy(stretch => stretch.State)
            .OrderBy(group => RankOf(group.Key))
            .Select(group => $"{ReportText.Number(Intervals(group))} {ReportText.Words(group.Key).ToLowerInvariant()}");
        return string.Join(", ", counts);
    }

    private static long Intervals(IEnumerable<BatchExportCoverage> stretches) => stretches.Sum(stretch => (long)stretch.Intervals);

    private static int RankOf(string state) => Array.FindIndex(Shapes, shape => shape.State == state);

    private static string ClassOf(string state) => $"s-{state}".ToLowerInvariant();

    private static string Meaning(string state) => state switch
    {
        BatchExportCoverageState.Covered => "Covered",
        BatchExportCoverageState.Empty => "Empty: exported, without rows",
        BatchExportCoverageState.Repeated => "Repeated: exported more than once",
        BatchExportCoverageState.Running => "Running: being exported",
        BatchExportCoverageState.Paused => "Paused: not exported",
        BatchExportCoverageState.Late => "Late: may still be exported",
        BatchExportCoverageState.Failed => "Failed: the last run failed",
        _ => "Missing: there was no run",
    };

    private static IEnumerable<(string State, string Path)> Draw(ExportReport report, TimeAxis axis)
    {
        var ranks = new int[axis.Width];
        Array.Fill(ranks, -1);
        foreach (var stretch in report.Coverage)
        {
            var first = Math.Min((int)axis.X(stretch.Start), axis.Width - 1);
            var end = Math.Max(first + 1, (int)Math.Round(axis.X(stretch.End)));
            for (var column = first; column < end; column++)
                ranks[column] = Math.Max(ranks[column], RankOf(stretch.State));
        }

        var paths = Shapes.Select(_ => new StringBuilder()).ToArray();
        for (var column = 0; column < ranks.Length;)
        {
            var end = column + 1;
            while (end < ranks.Length && ranks[end] == ranks[column])
                end++;

            if (ranks[column] >= 0)
            {
                foreach (var band in Shapes[ranks[column]].Bands)
                    paths[ranks[column]].Append(Rectangle(column, end - column, band));
            }

            column = end;
        }

        return Shapes.Zip(paths, (shape, path) => (shape.State, path.ToString())).Where(drawn => drawn.Item2.Length > 0);
    }

    private static string Rectangle(int left, int width, (int Top, int Height) band) =>
        string.Create(CultureInfo.InvariantCulture, $"M{left} {band.Top}h{width}v{band.Height}h-{width}z");
}
