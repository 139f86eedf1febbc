using System.Security.Cryptography;
using System.Text;
using PSBatchExports.Reports;

namespace PSBatchExports;

/// <summary>
/// Writes a report as one page of HTML that refers to nothing else: its Content-Security-Policy allows its own style and script and no
/// request.
/// </summary>
public static class ReportPage
{
    private const string Language = "en";

    /// <summary>Writes a page.</summary>
    /// <param name="output">What to write to, in UTF-8.</param>
    /// <param name="reports">The exports, in order.</param>
    /// <param name="generatedAt">When they were read.</param>
    public static void Write(TextWriter output, IReadOnlyList<ExportReport> reports, DateTimeOffset generatedAt)
    {
        var html = new HtmlWriter(output);
        html.Raw("<!doctype html>\n");
        using var page = html.Element("html", ("lang", Language));
        html.Break();
        WriteHead(html, reports, generatedAt);
        html.Break();
        using var body = html.Element("body");
        html.Break();
        WriteHeader(html, reports, generatedAt);
        html.Break();
        using (html.Element("main"))
        {
            OverviewTable.Write(html, reports);
            CoverageStrip.WriteLegend(html, reports);
            for (var index = 0; index < reports.Count; index++)
                ExportSection.Write(html, reports[index], index + 1, OverviewTable.HasSeveralProjects(reports));
        }

        html.Break();
        html.Raw($"<script>{ReportAssets.Script}</script>\n");
    }

    private static void WriteHead(HtmlWriter html, IReadOnlyList<ExportReport> reports, DateTimeOffset generatedAt)
    {
        using var head = html.Element("head");
        html.Raw("\n<meta charset=\"utf-8\">\n");
        html.Raw($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy()}\">\n");
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
        html.Raw("<meta name=\"robots\" content=\"noindex\">\n");
        html.Element("title", Title(reports, generatedAt));
        html.Break();
        html.Raw($"<style>{ReportAssets.Style}</style>\n");
    }

    private static string Policy() =>
        $"default-src 'none'; style-src '{HashOf(ReportAssets.Style)}'; script-src '{HashOf(ReportAssets.Script)}'; "
        + "base-uri 'none'; form-action 'none'";

    private static string HashOf(string block) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(block)))}";

    private static string Title(IReadOnlyList<ExportReport> reports, DateTimeOffset generatedAt) =>
        $"Batch exports, {ReportText.Minute(generatedAt)} UTC: {Attention(reports)}";

    private static string Attention(IReadOnlyList<ExportReport> reports)
    {
        var count = reports.Count(VerdictBadge.NeedsAttention);
        return count == 0 ? "none needs attention" : $"{count} of {reports.Count} {(count == 1 ? "needs" : "need")} attention";
    }

    private static void WriteHeader(HtmlWriter html, IReadOnlyList<ExportReport> reports, DateTimeOffset generatedAt)
    {
        using var header = html.Element("header");
        html.Element("h1", "Batch exports");
        VerdictBadge.WriteCounts(html, reports);
        using var about = html.Element("p", ("class", "about"));
        html.Text($"{ReportText.Count(reports.Count, "export")} of {Projects(reports)}, {Attention(reports)}. As of ");
        html.Element("time", $"{ReportText.Minute(generatedAt)} UTC", ("datetime", ReportText.Machine(generatedAt)));
        if (reports.Count > 0)
            html.Text($"; pictures from {ReportText.Minute(reports.Min(report => report.Window.Start))}");

        html.Text(". All times are UTC.");
    }

    private static string Projects(IReadOnlyList<ExportReport> reports)
    {
        var hosts = reports
            .GroupBy(report => report.ApiHost.Authority)
            .Select(host => $"{Projects(host.Select(report => report.ProjectId).Distinct().ToArray())} at {host.Key}");
        return reports.Count == 0 ? "no project" : string.Join(" and ", hosts);
    }

    private static string Projects(string[] ids) => $"{(ids.Length == 1 ? "project" : "projects")} {string.Join(", ", ids)}";
}
