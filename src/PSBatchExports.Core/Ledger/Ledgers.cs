using PSBatchExports.Ledger;

namespace PSBatchExports;

/// <summary>The ledgers of saved ranges.</summary>
public static class Ledgers
{
    /// <summary>The windows of a ledger, by model and start.</summary>
    /// <param name="path">The full path of a ledger, or of the folder that it is in.</param>
    /// <exception cref="FileNotFoundException">There is no ledger.</exception>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    public static IReadOnlyCollection<BatchExportLedgerEntry> Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, LedgerReader.FileName) : path;
        return LedgerReader.Read(file).Windows;
    }
}
