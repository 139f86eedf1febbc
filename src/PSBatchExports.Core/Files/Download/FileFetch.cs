using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>Fetches a file into its partial file, checks it, and gives it its name. Starts over if what arrived is of no use.</summary>
internal sealed class FileFetch(StorageFile storage, SaveTarget target, PartialFile partial, SaveOptions options, SemaphoreSlim slots)
{
    private const int MaxRestarts = 3;

    private readonly SaveOptions _options = partial.IsSequential ? options with { Connections = 1 } : options;

    public async Task<SavedBatchExportFile> RunAsync(CancellationToken cancellationToken)
    {
        var asOneStream = false;
        var wasDamaged = false;
        for (var attempts = 1; ; attempts++)
        {
            var (saved, restart) = await TryFetchAsync(asOneStream, cancellationToken);
            if (saved is not null)
                return saved;

            FileSystemErrors.Guard(target.Folder, partial.Reset);
            if (attempts > MaxRestarts || (restart!.IsDamage && wasDamaged))
                throw GiveUp(restart!, attempts);

            // A single response is of a single version, even if the storage keeps changing the file.
            asOneStream |= restart.AsOneStream || attempts > 1;
            wasDamaged |= restart.IsDamage;
            target.Warn($"{target.File.FileId}: {restart.Reason} Downloading it again from the beginning.");
        }
    }

    private async Task<(SavedBatchExportFile? Saved, Restart? Restart)> TryFetchAsync(bool asOneStream, CancellationToken cancellationToken)
    {
        var isResumed = partial.ResumedBytes > 0;
        await using var arrival = _options.Verify && !partial.IsSequential ? new ArrivalCheck(partial, cancellationToken) : null;
        var transfer = new FileTransfer(storage, target, partial, arrival, slots, _options, asOneStream);
        var (found, restart) = await transfer.RunAsync(cancellationToken);
        if (found is null)
            return (null, restart);

        var path = target.PathOf(found.Name);
        var check = await CheckAsync(arrival, path, found, cancellationToken);
        if (check.Damage is { } damage)
            return (null, new Restart($"'{path}' is damaged: {damage}.") { Path = path });

        var length = partial.Bytes;
        if (!await partial.CompleteAsync(path, _options.Overwrite, found.ModifiedAt, cancellationToken))
            target.Warn($"'{path}' is complete, but its folder could not be flushed to disk: its name may not survive a power cut.");

        return (target.Saved(found, length, check) with { Resumed = isResumed }, null);
    }

    private FileSaveException GiveUp(Restart restart, int attempts) =>
        new($"{restart.Reason} Gave up after {attempts} downloads.", restart.Path ?? target.Folder, FileSaveFailure.Damaged);

    private async Task<FileCheck> CheckAsync(ArrivalCheck? arrival, string path, StorageObject found, CancellationToken cancellationToken)
    {
        if (arrival is not null)
        {
            partial.BeginFlush();
            return await arrival.EndAsync(found, path);
        }

        if (!_options.Verify && !found.IsProvenByTagOnly)
            return default;

        return await Task.Run(() => FileSystemErrors.Guard(path, Check), cancellationToken);

        FileCheck Check() => _options.Verify
            ? FileIntegrity.CheckAll(partial.OpenRead, found, cancellationToken)
            : FileIntegrity.CheckMd5(partial.OpenRead, found, cancellationToken);
    }
}
