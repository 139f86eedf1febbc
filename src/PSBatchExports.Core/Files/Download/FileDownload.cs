using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>Saves one file, whole or not at all. Skips it if it is already there, and resumes an interrupted download.</summary>
internal sealed class FileDownload : IDisposable
{
    // How long a download that is stopped waits for a disk that does not respond.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(600);

    private readonly Api _api;
    private readonly SaveOptions _options;
    private readonly FolderLimits _limits;
    private readonly SemaphoreSlim _slots;
    private readonly StorageFile _storage;
    private readonly SaveTarget _target;
    private readonly PresentFileCheck _present;

    public FileDownload(Api api, BatchExportFile file, SaveOptions options, SaveNames names, FolderLimits limits, SemaphoreSlim slots)
    {
        (_api, _options, _limits, _slots) = (api, options, limits, slots);
        _storage = new StorageFile(api, file);
        _target = new SaveTarget(api, file, _storage, options, names);
        _present = new PresentFileCheck(_storage, _target, options, slots);
    }

    public BatchExportFile File => _target.File;

    /// <summary>The number of bytes of a failed download that the next call need not fetch again.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Asks the service for the file's expected path, before any byte of it is requested.</summary>
    public Task<string> ExpectPathAsync(CancellationToken cancellationToken) => _target.ExpectPathAsync(cancellationToken);

    /// <exception cref="FileSaveException">Another file of the call has that path.</exception>
    public void Reserve(string path) => _target.Reserve(path);

    public async Task<SavedBatchExportFile> SaveAsync(CancellationToken cancellationToken)
    {
        var started = _api.Time.GetTimestamp();
        var work = Task.Run(() => FindOrFetchAsync(cancellationToken), CancellationToken.None);
        try
        {
            return await work.WaitAsync(cancellationToken) with { Duration = _api.Time.GetElapsedTime(started) };
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            // A disk that does not respond blocks the thread that writes to it, but not the caller who stops the download.
            await Task.WhenAny(work, Task.Delay(StopTimeout, _api.Time, CancellationToken.None));
            Observe(work);
            throw;
        }
    }

    public void Dispose() => _storage.Dispose();

    // Otherwise its failure would be raised as an unobserved one.
    private static void Observe(Task abandoned) => _ = abandoned.ContinueWith(
        static task => task.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    private async Task<SavedBatchExportFile> FindOrFetchAsync(CancellationToken cancellationToken)
    {
        if (await _present.FindAsync(cancellationToken) is { } present)
            return present;

        FileSystemErrors.CreateFolder(_options.Disk, _target.Folder);
        return await TryFetchInAnyOrderAsync(cancellationToken) ?? await FetchSequentiallyAsync(cancellationToken);
    }

    /// <returns>Null if the file system takes sequential writes only.</returns>
    private async Task<SavedBatchExportFile?> TryFetchInAnyOrderAsync(CancellationToken cancellationToken)
    {
        if (_limits.IsSequential(_target.Folder))
            return null;

        try
        {
            return await FetchIntoAsync(_target.Partials.Claim(File.FileId, _options.Resume), cancellationToken);
        }
        catch (SequentialOnlyException)
        {
            if (_limits.AddSequential(_target.Folder))
            {
                _target.Warn(
                    $"Files in '{_target.Folder}' can only be written sequentially: each is downloaded over one connection, and starts "
                    + "over if it is interrupted. A write cache on the mount helps (rclone: --vfs-cache-mode writes).");
            }

            return null;
        }
    }

    private async Task<SavedBatchExportFile> FetchSequentiallyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FetchIntoAsync(_target.Partials.ClaimSequential(File.FileId), cancellationToken);
        }
        catch (FileSaveException refusal) when (IsLimit(refusal))
        {
            throw new FileSaveException(
                $"'{refusal.Path}' cannot be written: the file system fails even at sequential writes ({refusal.InnerException!.Message}).",
                refusal.Path,
                FileSaveFailure.MountLimit,
                refusal);
        }
    }

    private static bool IsLimit(FileSaveException refusal) =>
        refusal.Reason is FileSaveFailure.NotWritable or FileSaveFailure.Other && FileSystemErrors.IsLimit(refusal.InnerException);

    private async Task<SavedBatchExportFile> FetchIntoAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        try
        {
            // Another command may have saved the file before this one claimed it.
            if (await _present.FindAsync(cancellationToken) is { } present)
                return present;

            return await new FileFetch(_storage, _target, partial, _options, _slots).RunAsync(cancellationToken);
        }
        catch (SequentialOnlyException)
        {
            partial.IsWorthless = true;
            throw;
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                await partial.LeaveAsync();

            await partial.DisposeAsync();
            KeptBytes = partial.KeptBytes;
        }
    }
}
