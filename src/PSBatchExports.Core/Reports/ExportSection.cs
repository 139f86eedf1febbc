using PSBatchExports.Text;

namespace PSBatchExports.Reports;

/// <summary>All that a page says of one export.</summary>
internal static class ExportSection
{
    private const int Columns = 720;
    private const int MaxTableRows = 500;

    public static void Write(HtmlWriter html, ExportReport report, int number, bool hasProjects)
    {
        html.Break();
        using var section = html.Element("section", ("id", $"export-{number}"), ("aria-labelledby", $"name-{number}"));
        using (html.Element("h2", ("id", $"name-{number}")))
            html.Element("bdi", report.Name);

        WriteVerdict(html, report);
        WriteFacts(html, report, hasProjects);
        WritePictures(html, report);
        WriteGaps(html, report);
        WriteErrors(html, report);
        WriteCommands(html, report);
        html.Element("a", "Back to all exports", ("href", "#overview"), ("class", "back"));
    }

    private static void WriteVerdict(HtmlWriter html, ExportReport report)
    {
        using var verdict = html.Element("p", ("class", "verdict"));
        VerdictBadge.Write(html, report);
        using var reason = html.Element("span", ("class", "reason"));
        html.Lines(report.Error ?? report.Health?.Reason ?? "");
    }

    private static void WriteFacts(HtmlWriter html, ExportReport report, bool hasProjects)
    {
        using var facts = html.Element("dl", ("class", "facts"));
        if (hasProjects)
            Fact(html, "Project", $"{report.ProjectId} at {report.ApiHost.Authority}");

        Fact(html, "Id", report.Export?.Id);
        Fact(html, "Model", report.Export?.Model);
        Fact(html, "Destination", report.Export?.Destination?.Type);
        Fact(html, "Interval", Interval(report.Export));
        Fact(html, "Data until", report.Health?.DataUntil is { } until ? ReportText.Minute(until) : null);
        Fact(html, "Lag", report.Health?.Lag is { } lag ? ReadableDuration.Format(lag) : null);
        Fact(html, "Next expected", report.Health?.NextExpected is { } next ? ReportText.Minute(next) : null);
    }

    private static string? Interval(BatchExport? export) =>
        export?.TimeZone is { } zone && zone != "UTC" && export.Interval is "day" or "week"
            ? $"{export.Interval}, in {zone}"
            : export?.Interval;

    private static void Fact(HtmlWriter html, string name, string? value)
    {
        if (value is null)
            return;

        using var fact = html.Element("div");
        html.Element("dt", name);
        html.Element("dd", value);
    }

    private static void WritePictures(HtmlWriter html, ExportReport report)
    {
        if (report.Coverage.Count == 0)
            return;

        html.Element("h3", "Coverage");
        using (html.Element("figure"))
        {
            CoverageStrip.Write(html, report, Columns, hasRuler: true);
            TimeAxis.WriteLabels(html, report.Window);
            html.Element("figcaption", CoverageStrip.Describe(report));
            WriteStretches(html, report);
        }

        html.Element("h3", $"Rows a {RowChart.Unit(report)}");
        using (html.Element("figure"))
        {
            RowChart.Write(html, report, Columns);
            TimeAxis.WriteLabels(html, report.Window);
            html.Element("figcaption", RowChart.Describe(report));
            WriteRows(html, report);
        }
    }

    private static void WriteStretches(HtmlWriter html, ExportReport report)
    {
        var shown = report.Coverage.TakeLast(MaxTableRows).ToArray();
        using var details = html.Element("details");
        html.Element("summary", "Coverage as a table");
        WriteLeftOut(html, report.Coverage.Count - shown.Length, "stretch", "stretches");
        using var table = Table(html, "State", "From", "To", "Intervals", "Rows");
        foreach (var stretch in shown)
        {
            Row(
                html,
                ReportText.Words(stretch.State),
                ReportText.Minute(stretch.Start),
                ReportText.Minute(stretch.End),
                ReportText.Number(stretch.Intervals),
                stretch.Records is { } records ? ReportText.Number(records) : "");
        }
    }

    private static void WriteRows(HtmlWriter html, ExportReport report)
    {
        var shown = report.Rows.TakeLast(MaxTableRows).ToArray();
        var unit = RowChart.Unit(report);
        using var details = html.Element("details");
        html.Element("summary", $"Rows a {unit} as a table");
        WriteLeftOut(html, report.Rows.Count - shown.Length, unit, $"{unit}s");
        using var table = Table(html, unit == "week" ? "Week of" : "Day", "Rows");
        foreach (var rows in shown)
        {
            var records = rows.Records is { } known ? ReportText.Number(known) : "unknown";
            Row(html, ReportText.Day(RowChart.DateOf(rows.Range)), records);
        }
    }

    private static void WriteLeftOut(HtmlWriter html, int count, string one, string several)
    {
        if (count > 0)
            html.Element("p", $"{ReportText.Number(count)} older {(count == 1 ? one : several)} not listed.");
    }

    private static void WriteGaps(HtmlWriter html, ExportReport report)
    {
        if (report.Gaps.Count == 0)
            return;

        html.Element("h3", "Gaps");
        using var scroller = html.Element("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Gaps"));
        var shown = report.Gaps.TakeLast(MaxTableRows).ToArray();
        WriteLeftOut(html, report.Gaps.Count - shown.Length, "gap", "gaps");
        using (Table(html, "Kind", "From", "To", "Intervals", "A backfill is"))
        {
            foreach (var gap in shown)
            {
                Row(
                    html,
                    ReportText.Words(gap.Kind),
                    ReportText.Minute(gap.Start),
                    ReportText.Minute(gap.End),
                    ReportText.Number(gap.Intervals),
                    gap.Exactness == GapExactness.Exact ? "exact" : "by event time");
            }
        }

        foreach (var reason in shown.Select(gap => gap.Reason).Distinct())
            html.Element("p", reason, ("class", "note"));
    }

    private static void WriteErrors(HtmlWriter html, ExportReport report)
    {
        if (report.LatestFailures.Count == 0)
            return;

        html.Element("h3", "Last errors");
        using var list = html.Element("ul", ("class", "errors"));
        foreach (var run in report.LatestFailures)
        {
            using var item = html.Element("li");
            html.Element("span", Heading(run), ("class", "when"));
            using var text = html.Element("pre");
            html.Lines(run.LatestError ?? run.Status ?? "");
        }
    }

    private static string Heading(BatchExportRun run)
    {
        var data = run is { DataIntervalStart: { } start, DataIntervalEnd: { } end }
            ? $"data from {ReportText.Minute(start)} to {ReportText.Minute(end)}"
            : "data from the beginning";
        return $"{DisplayText.Line(run.Status) ?? "Failed"}, {data}";
    }

    private static void WriteCommands(HtmlWriter html, ExportReport report)
    {
        if (report.Commands.Count == 0)
            return;

        html.Element("h3", "To repair it");
        using var list = html.Element("ol", ("class", "commands"));
        foreach (var (purpose, command) in report.Commands)
        {
            using var item = html.Element("li");
            html.Element("span", purpose);
            using var block = html.Element("pre");
            html.Element("code", command);
        }
    }

    private static HtmlWriter.EndTag Table(HtmlWriter html, params ReadOnlySpan<string> columns)
    {
        var table = html.Element("table", ("class", "data"));
        using var head = html.Element("thead");
        using var row = html.Element("tr");
        foreach (var column in columns)
            html.Element("th", column, ("scope", "col"));

        return table;
    }

    private static void Row(HtmlWriter html, params ReadOnlySpan<string> cells)
    {
        using var row = html.Element("tr");
        foreach (var cell in cells)
            Cell(html, cell);
    }

    // In a narrow table, a time breaks between its date and its hour only.
    private static void Cell(HtmlWriter html, string text)
    {
        using var cell = html.Element("td");
        if (text.Split(' ') is [{ Length: 10 } date, { Length: 5 } hour])
        {
            html.Element("span", date);
            html.Text(" ");
            html.Element("span", hour);
        }
        else
        {
            html.Text(text);
        }
    }
}
