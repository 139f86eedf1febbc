namespace PSBatchExports.Reports;

/// <summary>Shows a verdict by a text, a shape and a color.</summary>
internal static class VerdictBadge
{
    /// <summary>The word for an export that could not be read or judged.</summary>
    public const string Unknown = "Not readable";

    // The worst first; the shapes are drawn in a square of 16.
    private static readonly (string? Verdict, string Tone, string Shape)[] Badges =
    [
        (null, "bad", "M8 1 15 8 8 15 1 8zM7 4h2v5H7zM7 10h2v2H7z"),
        (
            HealthVerdict.Failing,
            "bad",
            "M5 1h6l4 4v6l-4 4H5l-4-4V5zM5.4 4 4 5.4 6.6 8 4 10.6 5.4 12 8 9.4 10.6 12 12 10.6 9.4 8 12 5.4 10.6 4 8 6.6z"),
        (HealthVerdict.PausedByService, "bad", "M1 1h14v14H1zM5 4v8h2V4zM9 4v8h2V4z"),
        (HealthVerdict.Stalled, "bad", "M1 1h14v14H1zM4 7v2h8V7z"),
        (HealthVerdict.Late, "warn", "M8 1 15.5 15H.5zM7 6h2v4H7zM7 11h2v2H7z"),
        (HealthVerdict.PausedByUser, "warn", "M3 2h4v12H3zM9 2h4v12H9z"),
        (HealthVerdict.NeverRan, "warn", "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z"),
        (HealthVerdict.OnlyEmpty, "warn", "M1 3h14v10H1zM3 5v6h10V5z"),
        (HealthVerdict.Fresh, "good", "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM4.5 7 3 8.5 7 12.4 13 6.4 11.5 5 7 9.4z"),
        (HealthVerdict.Ended, "quiet", "M1 7h14v2H1z"),
    ];

    /// <summary>The rank of a report, the worst first.</summary>
    public static int RankOf(ExportReport report)
    {
        var verdict = VerdictOf(report);
        return Array.FindIndex(Badges, badge => badge.Verdict == verdict);
    }

    /// <summary>Whether somebody should look at the export: because of its verdict, or because data is missing.</summary>
    public static bool NeedsAttention(ExportReport report) => Badges[RankOf(report)].Tone is "bad" or "warn" || report.Gaps.Count > 0;

    /// <summary>The verdict in words.</summary>
    public static string WordsOf(ExportReport report) => WordsOf(VerdictOf(report));

    /// <summary>Writes the badge of a report.</summary>
    public static void Write(HtmlWriter html, ExportReport report) => Write(html, RankOf(report), WordsOf(report));

    /// <summary>Writes how many reports have which verdict.</summary>
    public static void WriteCounts(HtmlWriter html, IEnumerable<ExportReport> reports)
    {
        using var list = html.Element("ul", ("class", "counts"));
        foreach (var group in reports.GroupBy(RankOf).OrderBy(group => group.Key))
        {
            using var item = html.Element("li");
            Write(html, group.Key, $"{ReportText.Number(group.Count())} {WordsOf(Badges[group.Key].Verdict)}");
        }
    }

    private static string? VerdictOf(ExportReport report) => report.Error is null ? report.Health?.Verdict : null;

    private static string WordsOf(string? verdict) => verdict is null ? Unknown : ReportText.Words(verdict);

    private static void Write(HtmlWriter html, int rank, string text)
    {
        using var badge = html.Element("span", ("class", $"badge {Badges[rank].Tone}"));
        html.Raw(
            "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">"
            + $"<path fill-rule=\"evenodd\" d=\"{Badges[rank].Shape}\"/></svg>");
        html.Text(text);
    }
}
