using PSBatchExports.Files.Disk;

namespace PSBatchExports.Files.Download;

/// <summary>Renames the files of a run whose rows are missing, so that nothing takes a part of a run for all of it.</summary>
internal static class RejectedFiles
{
    private const string Suffix = ".unproven";

    /// <summary>Renames the files that were fetched. Those that were there before keep their names.</summary>
    /// <returns>The error to report for the run.</returns>
    public static FileSaveException Rename(IDisk disk, BatchExportRun run, List<SavedBatchExportFile> files, long rows)
    {
        var kept = files.Count(file => file.WasPresent || !TryRename(disk, file.FullName));
        var holder = files.Count == 1 ? "its file holds" : $"its {files.Count} files hold";
        return new FileSaveException(
            $"Run {run.RunId} exported {run.RecordsCompleted} rows, but {holder} {rows}. {DescribeNames(files.Count, kept)}",
            files[0].FullName,
            FileSaveFailure.RowsDiffer);
    }

    private static string DescribeNames(int count, int kept) => (count, kept) switch
    {
        (1, 0) => $"It was renamed: its name now ends in '{Suffix}'.",
        (1, _) => "It keeps its name, because it was there before.",
        (_, 0) => $"They were renamed: their names now end in '{Suffix}'.",
        _ when kept == count => "They keep their names, because they were there before.",
        _ => $"Those that were fetched now were renamed: their names end in '{Suffix}'. Those that were there before keep theirs.",
    };

    private static bool TryRename(IDisk disk, string path)
    {
        try
        {
            if (disk.OpenExclusive(path, create: false, _ => { }) is not { } file)
                return false;

            using (file)
                disk.Rename(path, file, path + Suffix, overwrite: true);

            return true;
        }
        catch (SequentialOnlyException)
        {
            return TryMove(disk, path);
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            return false;
        }
    }

    private static bool TryMove(IDisk disk, string path)
    {
        try
        {
            disk.Move(path, path + Suffix);
            return true;
        }
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            return false;
        }
    }
}
