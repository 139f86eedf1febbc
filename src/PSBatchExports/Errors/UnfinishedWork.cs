using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>Describes what a stopped cmdlet leaves running, with the commands that continue or cancel it; null for nothing.</summary>
internal static class UnfinishedWork
{
    private const int MaxListed = 5;

    public static string? Runs(IReadOnlyCollection<RunReference> runs)
    {
        if (runs.Count == 0)
            return null;

        if (runs.Count > MaxListed)
            return $"{runs.Count} runs may continue at the service. To list those on demand: Get-BatchExportRun -OnDemand.";

        var ids = string.Join(", ", runs.Select(run => run.RunId));
        var arguments = ids + ExportArgument(runs.Select(run => run.BatchExportId));
        return $"Run {ids} may continue at the service. "
            + $"To continue waiting: Wait-BatchExportRun {arguments}. To cancel it: Stop-BatchExportRun {arguments}.";
    }

    public static string? Backfills(IReadOnlyCollection<BackfillReference> backfills)
    {
        if (backfills.Count == 0)
            return null;

        if (backfills.Count > MaxListed)
        {
            return $"{backfills.Count} backfills may continue at the service. "
                + $"To list those of the first export: Get-BatchExportBackfill {backfills.First().BatchExportId}.";
        }

        var ids = string.Join(", ", backfills.Select(backfill => backfill.BackfillId));
        var arguments = ids + ExportArgument(backfills.Select(backfill => backfill.BatchExportId));
        return $"Backfill {ids} may continue at the service. "
            + $"To continue waiting: Wait-BatchExportBackfill {arguments}. To cancel it: Stop-BatchExportBackfill {arguments}.";
    }

    public static string StartedRun() =>
        "The run may have been started, and would be billed. To check: Get-BatchExportRun -OnDemand -First 5.";

    public static string? SavedFiles(string folder, IReadOnlyCollection<string> runs)
    {
        if (runs.Count == 0)
            return null;

        var runArgument = runs.Count > MaxListed ? "" : $" -RunId {string.Join(", ", runs)}";
        return $"What was downloaded so far is kept in {folder}. The same command continues from it: "
            + $"Save-BatchExportFile {CommandText.Quote(folder)}{runArgument}.";
    }

    private static string ExportArgument(IEnumerable<string?> ids) =>
        ids.Distinct().ToArray() is [{ } single] ? $" -BatchExportId {single}" : "";
}
