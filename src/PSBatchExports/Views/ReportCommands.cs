using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>The commands that a report proposes for an export.</summary>
/// <param name="reports">All exports of the report.</param>
internal sealed class ReportCommands(IReadOnlyList<ExportReport> reports)
{
    private readonly HashSet<string> _ambiguous = reports
        .GroupBy(report => report.Name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Skip(1).Any())
        .Select(group => group.Key)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly bool _hasSeveralProjects = reports.DistinctBy(report => (report.ApiHost, report.ProjectId)).Skip(1).Any();

    /// <summary>The commands, in the order in which they are run; none if nothing is to be done.</summary>
    public IReadOnlyList<ReportCommand> For(ExportReport report)
    {
        if (report is not { Health: { } health, Export: { Id: not null } export })
            return [];

        var target = Target(report, export);
        return [.. ForVerdict(report, health, target), .. ForGaps(report, health, target)];
    }

    private static IEnumerable<ReportCommand> ForVerdict(ExportReport report, BatchExportHealth health, string target)
    {
        switch (health.Verdict)
        {
            case HealthVerdict.Failing or HealthVerdict.PausedByService:
                var since = Format(FirstFailure(report));
                yield return new ReportCommand("See why it fails", $"Get-BatchExportLog {target} -Level ERROR -After {since}");
                yield return new ReportCommand("Test the destination", $"Test-BatchExport {target}");
                break;

            case HealthVerdict.NeverRan or HealthVerdict.OnlyEmpty:
                yield return new ReportCommand("Test the destination", $"Test-BatchExport {target}");
                break;

            case HealthVerdict.Stalled when report.Coverage.Any(stretch => stretch.State == BatchExportCoverageState.Running):
                yield return new ReportCommand("See the runs in progress", $"Get-BatchExportRun {target} -Status Starting, Running");
                yield return new ReportCommand(
                    "Stop them if they are stuck", $"Get-BatchExportRun {target} -Status Starting, Running | Stop-BatchExportRun");
                break;
        }

        if (health.Verdict is HealthVerdict.PausedByService or HealthVerdict.PausedByUser)
            yield return new ReportCommand("Resume it", $"Resume-BatchExport {target}");
    }

    private static IEnumerable<ReportCommand> ForGaps(ExportReport report, BatchExportHealth health, string target)
    {
        var isPaused = health.Verdict is HealthVerdict.PausedByService or HealthVerdict.PausedByUser;
        var missing = report.Coverage.FirstOrDefault(stretch => IsMissing(stretch, isPaused));
        if (missing is null)
            yield break;

        var find = $"Find-BatchExportGap {target} -After {Format(missing.Start)}{(isPaused ? " -IncludePaused" : "")}";
        yield return new ReportCommand("List what a backfill would export", $"{find} | Repair-BatchExportGap -WhatIf");
        yield return new ReportCommand("Fill the gaps", $"{find} | Repair-BatchExportGap");
    }

    private static bool IsMissing(BatchExportCoverage stretch, bool isPaused) =>
        stretch.State is BatchExportCoverageState.Missing or BatchExportCoverageState.Failed
        || (isPaused && stretch.State == BatchExportCoverageState.Paused);

    private static DateTimeOffset FirstFailure(ExportReport report) =>
        report.LatestFailures is [.., { CreatedAt: { } oldest }] ? oldest : report.Window.Start;

    // A name that two exports have, or that does not read as it is, would hit the wrong export or none.
    private string Target(ExportReport report, BatchExport export)
    {
        var isUsable = report.Name == export.Name
            && !string.IsNullOrWhiteSpace(report.Name)
            && !_ambiguous.Contains(report.Name)
            && DisplayText.OneLine(report.Name) == report.Name;
        var target = isUsable ? CommandText.Quote(report.Name) : export.Id!;
        return _hasSeveralProjects ? $"{target} -ProjectId {CommandText.Quote(report.ProjectId)}" : target;
    }

    private static string Format(DateTimeOffset time)
    {
        var format = time.UtcDateTime.Second == 0 ? "yyyy-MM-dd'T'HH:mm'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'";
        return time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }
}
