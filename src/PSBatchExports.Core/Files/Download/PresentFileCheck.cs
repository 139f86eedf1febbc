using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>Finds out whether a file is already saved, so that it need not be downloaded.</summary>
internal sealed class PresentFileCheck(StorageFile storage, SaveTarget target, SaveOptions options, SemaphoreSlim slots)
{
    private readonly IDisk _disk = options.Disk;

    /// <returns>The file; null if there is none of its name, or if any is to be overwritten.</returns>
    /// <exception cref="FileSaveException">There is another file of its name.</exception>
    public async Task<SavedBatchExportFile?> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Overwrite || !_disk.Exists(await target.ExpectPathAsync(cancellationToken)))
            return null;

        var found = await DescribeAsync(cancellationToken);
        var path = target.PathOf(found.Name);
        if (!_disk.Exists(path))
            return null;

        var check = await Task.Run(() => FileSystemErrors.Guard(path, () => Check(path, found, cancellationToken)), cancellationToken);
        if (found.Length is not { } length || check is not { Damage: null })
            throw check is null && IsUndecidable(path, found) ? Undecidable(path) : FileSystemErrors.AlreadyExists(path);

        target.Reserve(path);
        target.Partials.DeleteLeftovers(target.File.FileId);
        return target.Saved(found, length, check.Value) with { WasPresent = true };
    }

    private async Task<StorageObject> DescribeAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await storage.DescribeAsync(options.StallTimeout, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <returns>Null unless the file on the disk is known to be the one at the storage.</returns>
    private FileCheck? Check(string path, StorageObject found, CancellationToken cancellationToken)
    {
        if (!HasSameLength(path, found))
            return null;

        Stream Open() => _disk.OpenRead(path);
        var matchesTag = FileIntegrity.MatchesTag(Open, found, cancellationToken);
        if (matchesTag != true && (IsDecisive(matchesTag, found) || !HasSameTime(path, found)))
            return null;

        var check = options.Verify ? FileIntegrity.CheckContent(Open, found.Name, cancellationToken) : default;
        return check with { AreBytesProven = matchesTag == true };
    }

    private bool HasSameLength(string path, StorageObject found) => _disk.IsRegularFile(path) && _disk.LengthOf(path) == found.Length;

    private bool HasSameTime(string path, StorageObject found) =>
        found.ModifiedAt is { } time && FileTimes.AreSame(_disk.ModifiedAt(path), time);

    // The object may have been uploaded in parts of another size than the service's. Unless the content is verified, the same time is then
    // enough.
    private bool IsDecisive(bool? matchesTag, StorageObject found) => matchesTag == false && (options.Verify || found.Md5 is not null);

    // The tag says nothing about the bytes, and the file system may not have kept the time.
    private bool IsUndecidable(string path, StorageObject found) => found is { Md5: null, PartTag: null } && HasSameLength(path, found);

    private static FileSaveException Undecidable(string path) => new(
        $"'{path}' already exists and has the same length, but cannot be compared: the storage's tag is no hash, and the times differ.",
        path,
        FileSaveFailure.Exists);
}
