namespace PSBatchExports.Ranges;

/// <summary>How many rows an hour of data has.</summary>
internal static class RecordRate
{
    /// <summary>The rows an hour of the windows whose rows are known; null if those of none are.</summary>
    public static double? Of(IEnumerable<BatchExportLedgerEntry> windows)
    {
        var (records, hours) = (0L, 0.0);
        foreach (var window in windows)
        {
            if (window.Records is not { } count)
                continue;

            records += count;
            hours += (window.End - window.Start).TotalHours;
        }

        return hours > 0 ? records / hours : null;
    }
}
