using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;
using PSBatchExports.OnDemand;

namespace PSBatchExports.Files.Listing;

/// <summary>Tells from a run's list and its saved files whether the list is complete.</summary>
internal static class ListCompleteness
{
    /// <summary>
    /// Whether the list is certainly complete: nothing was exported; or the numbers of the saved files start at 0 without a gap, and the
    /// last file is not full; or the files have all rows.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="saved">The saved files of the run.</param>
    /// <param name="maxFileBytes">When the service starts another file; <see cref="long.MaxValue"/> if the run has only one.</param>
    public static bool IsComplete(RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved, long maxFileBytes)
    {
        if (list.Files.Count == 0)
            return !IsEmptyByMistake(list);

        if (maxFileBytes == long.MaxValue)
            return list.Files.Count == 1;

        var files = saved.Where(file => list.Files.Any(listed => listed.FileId == file.FileId)).ToArray();
        if (files.Length != list.Files.Count)
            return false;

        return IsLastFileNotFull(files, maxFileBytes) || HaveAllRows(list, files);
    }

    /// <summary>Whether the saved files are known to have fewer rows than the run exported.</summary>
    public static bool LacksRows(RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved) =>
        CountRows(saved) < list.Run.RecordsCompleted;

    /// <summary>Whether the list has no files although the run exported rows.</summary>
    public static bool IsEmptyByMistake(RunFileList list) => list is { Files.Count: 0, Run.RecordsCompleted: > 0 };

    /// <returns>The smallest number below the highest that no file has; null if there is no gap, or if the names have no numbers.</returns>
    public static int? FindMissingNumber(IReadOnlyCollection<SavedBatchExportFile> files)
    {
        var numbers = files.Select(NumberOf).ToArray();
        if (numbers.Length == 0 || numbers.Contains(null))
            return null;

        var expected = Enumerable.Range(0, numbers.Max()!.Value).Cast<int?>();
        return expected.FirstOrDefault(number => !numbers.Contains(number));
    }

    private static bool IsLastFileNotFull(SavedBatchExportFile[] files, long maxFileBytes)
    {
        if (FindMissingNumber(files) is not null)
            return false;

        var last = files.MaxBy(NumberOf)!;
        var isOnly = files.Length == 1 && NumberOf(last) is null;
        return last.Length < maxFileBytes && (isOnly || NumberOf(last) == files.Length - 1);
    }

    private static bool HaveAllRows(RunFileList list, SavedBatchExportFile[] files) =>
        CountRows(files) is { } rows && rows == list.Run.RecordsCompleted;

    // Null if those of one file are unknown.
    private static long? CountRows(IEnumerable<SavedBatchExportFile> files)
    {
        var rows = files.Select(file => file.Records ?? CountRowsInFooter(file)).ToArray();
        return rows.Contains(null) ? null : rows.Sum();
    }

    // A Parquet footer is cheap to read. Other files would have to be read completely, so they give null.
    private static long? CountRowsInFooter(SavedBatchExportFile file)
    {
        if (FileFormats.OfName(file.Name).Format != "Parquet")
            return null;

        try
        {
            using var content = File.OpenRead(file.FullName);
            return RowCounter.Count(file.Name, content, CancellationToken.None) is FileRowCount.Counted counted ? counted.Rows : null;
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            return null;
        }
    }

    // The only file of a run may have no number.
    private static int? NumberOf(SavedBatchExportFile file) => PartOrder.Number(file.Name);
}
