using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>What a stopped cmdlet leaves behind, and the commands that continue or cancel it; null for nothing.</summary>
internal static class UnfinishedWork
{
    private const int MaxListed = 5;

    public static string? Runs(IReadOnlyCollection<RunReference> runs)
    {
        if (runs.Count == 0)
            return null;

        if (runs.Count > MaxListed)
            return $"{runs.Count} runs may continue at the service. Those on demand: Get-BatchExportRun -OnDemand.";

        var which = string.Join(", ", runs.Select(run => run.RunId)) + Export(runs.Select(run => run.BatchExportId));
        return $"Run {string.Join(", ", runs.Select(run => run.RunId))} may continue at the service. "
            + $"To go on waiting: Wait-BatchExportRun {which}. To cancel it: Stop-BatchExportRun {which}.";
    }

    public static string? Backfills(IReadOnlyCollection<BackfillReference> backfills)
    {
        if (backfills.Count == 0)
            return null;

        if (backfills.Count > MaxListed)
            return $"{backfills.Count} backfills may continue at the service. Those of the first export: Get-BatchExportBackfill {backfills.First().BatchExportId}.";

        var ids = string.Join(", ", backfills.Select(backfill => backfill.BackfillId));
        var which = ids + Export(backfills.Select(backfill => backfill.BatchExportId));
        return $"Backfill {ids} may continue at the service. "
            + $"To go on waiting: Wait-BatchExportBackfill {which}. To cancel it: Stop-BatchExportBackfill {which}.";
    }

    public static string StartedRun() =>
        "The run may have been started, and would be billed. To see whether it was: Get-BatchExportRun -OnDemand -First 5.";

    public static string? SavedFiles(string folder, IReadOnlyCollection<string> runs)
    {
        if (runs.Count == 0)
            return null;

        var which = runs.Count > MaxListed ? "" : $" -RunId {string.Join(", ", runs)}";
        return $"What was downloaded so far is kept in {folder}. The same command continues from it: "
            + $"Save-BatchExportFile {CommandText.Quote(folder)}{which}.";
    }

    private static string Export(IEnumerable<string?> ids) => ids.Distinct().ToArray() is [{ } only] ? $" -BatchExportId {only}" : "";
}
