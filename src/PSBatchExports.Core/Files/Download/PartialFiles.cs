using PSBatchExports.Files.Disk;

namespace PSBatchExports.Files.Download;

/// <summary>The partial files in a folder. Each is claimed by one command at a time.</summary>
internal sealed class PartialFiles(IDisk disk, TimeProvider time, TransferSizes sizes, string folder, Action<string> onMovedAside)
{
    private const string JournalSuffix = ".state";

    /// <summary>
    /// Locks the partial file's name, so that no other command can save the file here, and resumes what an interrupted download left. A
    /// journal that is damaged or belongs to another file is ignored.
    /// </summary>
    /// <exception cref="FileSaveException">Another command is saving the file here, or the disk failed.</exception>
    /// <exception cref="SequentialOnlyException">The file system takes sequential writes only. Nothing is left behind.</exception>
    public PartialFile Claim(string fileId, bool resume)
    {
        var path = PathOf(fileId);
        return FileSystemErrors.Guard(path, () =>
        {
            var data = disk.OpenExclusive(path, create: true, onMovedAside)!;
            var journal = new JournalFile(disk, path + JournalSuffix, fileId, onMovedAside);
            try
            {
                var partial = new PartialFile(disk, time, sizes, path, fileId, data, journal);
                if (!resume || !partial.TryResume())
                    partial.Reset();

                return partial;
            }
            catch
            {
                data.Dispose();
                journal.Dispose();
                throw;
            }
        });
    }

    /// <summary>As <see cref="Claim"/>, for a file system that takes sequential writes only. Nothing is resumed there.</summary>
    /// <exception cref="FileSaveException">Another command is saving the file here, or the disk failed.</exception>
    public PartialFile ClaimSequential(string fileId)
    {
        var path = PathOf(fileId);
        var data = FileSystemErrors.Guard(path, () => disk.CreateSequential(path, onMovedAside));
        return new PartialFile(disk, time, sizes, path, fileId, data, journal: null);
    }

    /// <summary>Deletes what an interrupted download left, unless another command is using it.</summary>
    public void DeleteLeftovers(string fileId)
    {
        var path = PathOf(fileId);
        foreach (var name in (string[])[path, path + JournalSuffix])
        {
            try
            {
                if (disk.OpenExclusive(name, create: false, onMovedAside) is { } file)
                    disk.Delete(name, file);
            }
            catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
            {
                // Another command is using it, or it stays. The saved file is complete either way.
            }
        }
    }

    private string PathOf(string fileId) => Path.Combine(folder, $".{fileId}.partial");
}
