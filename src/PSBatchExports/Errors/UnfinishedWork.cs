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

    public static string? Repairs(IReadOnlyCollection<BackfillReference> backfills) =>
        Backfills(backfills) is { } continues
            ? $"{continues} No further range is started. To go on: find the gaps and repair them again; what is in progress is left out."
            : null;

    public static string StartedRun() =>
        "The run may have been started, and would be billed. To check: Get-BatchExportRun -OnDemand -First 5.";

    /// <param name="runs">The runs whose files are being saved, with the folder of each.</param>
    public static string? SavedFiles(IReadOnlyCollection<(string Folder, string RunId)> runs)
    {
        if (runs.Count == 0)
            return null;

        var folders = runs.GroupBy(run => run.Folder, run => run.RunId).ToArray();
        var kept = $"What was downloaded so far is kept in {string.Join(" and ", folders.Select(folder => folder.Key).Take(MaxListed))}.";
        if (runs.Count > MaxListed)
            return $"{kept} The same command continues from it.";

        var commands = folders.Select(folder => $"Save-BatchExportFile {CommandText.Quote(folder.Key)} -RunId {string.Join(", ", folder)}");
        return $"{kept} To continue from it: {string.Join("; ", commands)}.";
    }

    public static string SavedRange() =>
        "The runs in progress go on at the service, and are billed. The same command takes them over, and starts none of them again.";

    /// <param name="name">The export that is being changed.</param>
    public static string SyncedExport(string name) =>
        $"'{name}' may have been changed, entirely or in part, and what was changed before it stays. "
        + "To go on: Compare-BatchExportConfiguration <folder> | Sync-BatchExportConfiguration.";

    public static string CopiedExports() =>
        "What was copied stays, paused. The same command copies the rest, and nothing twice.";

    public static string SwitchedIntegrations() =>
        "What was switched stays. The same command goes on with what is left.";

    private static string ExportArgument(IEnumerable<string?> ids) =>
        ids.Distinct().ToArray() is [{ } single] ? $" -BatchExportId {single}" : "";
}
