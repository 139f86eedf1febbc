using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>Brings one file from the storage to the disk, on from where an earlier try ended, whole or not at all.</summary>
internal sealed class FileDownload : IDisposable
{
    /// <summary>How often a file may change while it is fetched before that is an error.</summary>
    private const int MostRestarts = 3;

    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromMilliseconds(600);

    private readonly Api _api;
    private readonly SaveOptions _options;
    private readonly SaveNames _names;
    private readonly FolderLimits _limits;
    private readonly SemaphoreSlim _slots;
    private readonly StorageFile _storage;
    private readonly string _folder;
    private readonly PartialFiles _partials;

    public FileDownload(Api api, BatchExportFile file, SaveOptions options, SaveNames names, FolderLimits limits, SemaphoreSlim slots)
    {
        (_api, File, _options, _names, _limits, _slots) = (api, file, options, names, limits, slots);
        _storage = new StorageFile(api, file);
        _folder = options.GroupByRun ? Path.Combine(options.Folder, SafeFileName.From(file.RunId)) : options.Folder;
        _partials = new PartialFiles(options.Disk, api.Time, options.Sizes, _folder, WarnOfMoveAside);
    }

    public BatchExportFile File { get; }

    /// <summary>Bytes that a download which failed need not fetch again.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Asks the service for the name that the file will have.</summary>
    public Task LearnNameAsync(CancellationToken cancellationToken) => ExpectedPathAsync(cancellationToken);

    /// <summary>Claims the name that the file will have, before any byte of it is asked for.</summary>
    /// <exception cref="FileSaveException">Another file of the call has that name.</exception>
    public async Task ClaimNameAsync(CancellationToken cancellationToken) =>
        _names.Claim(await ExpectedPathAsync(cancellationToken), File);

    public async Task<SavedBatchExportFile> SaveAsync(CancellationToken cancellationToken)
    {
        var started = _api.Time.GetTimestamp();
        var work = Task.Run(async () => await FindPresentAsync(cancellationToken) ?? await FetchAsync(cancellationToken), CancellationToken.None);
        try
        {
            return await work.WaitAsync(cancellationToken) with { Duration = _api.Time.GetElapsedTime(started) };
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            // A disk that does not answer holds up the thread that waits for it, but not whoever stopped the download.
            await Task.WhenAny(work, Task.Delay(PatienceAtStop, CancellationToken.None));
            _ = work.ContinueWith(static left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }
    }

    public void Dispose() => _storage.Dispose();

    private async Task<string> ExpectedPathAsync(CancellationToken cancellationToken) =>
        PathOf(StorageObject.ExpectedName(await _storage.RepeatAsync(_storage.SignAsync, cancellationToken), File));

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async Task<SavedBatchExportFile?> FindPresentAsync(CancellationToken cancellationToken)
    {
        if (_options.Overwrite || !_options.Disk.Exists(await ExpectedPathAsync(cancellationToken)))
            return null;

        await _slots.WaitAsync(cancellationToken);
        StorageObject found;
        try
        {
            found = await _storage.DescribeAsync(_options.StallTimeout, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }

        var path = PathOf(found.Name);
        if (!_options.Disk.Exists(path))
            return null;

        var check = await Task.Run(() => FileSystemErrors.Guard(path, () => CheckPresent(path, found, cancellationToken)), cancellationToken);
        if (found.Length is not { } length || check is not { Damage: null })
            throw check is null && IsUndecided(path, found) ? Undecided(path) : FileSystemErrors.AlreadyExists(path);

        _names.Claim(path, File);
        _partials.DeleteLeftovers(File.FileId);
        return Saved(path, found, length, check.Value) with { WasPresent = true };
    }

    /// <summary>Null where the file there is not known to be the one at the storage.</summary>
    private FileCheck? CheckPresent(string path, StorageObject found, CancellationToken cancellationToken)
    {
        if (!_options.Disk.IsRegularFile(path) || _options.Disk.LengthOf(path) != found.Length)
            return null;

        Stream Open() => _options.Disk.OpenRead(path);
        var matches = FileIntegrity.MatchesTag(Open, found, cancellationToken);
        if (matches != true && (IsDecisive(matches, found) || found.ModifiedAt is not { } time || !FileTimes.AreSame(_options.Disk.ModifiedAt(path), time)))
            return null;

        var check = _options.Verify ? FileIntegrity.CheckContent(Open, found.Name, cancellationToken) : default;
        return check with { AreBytesProven = matches == true };
    }

    // An object may have been uploaded in parts of another size than the service's. That its time fits is enough then, except to who verifies.
    private bool IsDecisive(bool? matches, StorageObject found) => matches == false && (_options.Verify || found.Md5 is not null);

    // The tag says nothing about the bytes, and the file system may not have kept the time.
    private bool IsUndecided(string path, StorageObject found) =>
        found is { Md5: null, PartTag: null } && _options.Disk.IsRegularFile(path) && _options.Disk.LengthOf(path) == found.Length;

    private static FileSaveException Undecided(string path) => new(
        $"'{path}' exists already and has the length of the file, but whether it is the same cannot be told: the storage's tag says nothing about its bytes, and its time is another.",
        path,
        FileSaveFailure.Exists);

    private async Task<SavedBatchExportFile> FetchAsync(CancellationToken cancellationToken)
    {
        FileSystemErrors.CreateFolder(_options.Disk, _folder);
        try
        {
            if (!_limits.IsSequential(_folder))
                return await FetchAsync(_partials.Claim(File.FileId, _options.Resume), cancellationToken);
        }
        catch (SequentialOnlyException)
        {
            if (_limits.AddSequential(_folder))
            {
                _api.Observer.OnWarning(
                    $"Files in '{_folder}' can be written from front to back only: each is fetched over one connection, and one that is interrupted begins again. A write cache of the mount helps (rclone: --vfs-cache-mode writes).");
            }
        }

        try
        {
            return await FetchAsync(_partials.ClaimSequential(File.FileId), cancellationToken);
        }
        catch (FileSaveException refusal) when (refusal.Reason is FileSaveFailure.NotWritable or FileSaveFailure.Other && FileSystemErrors.IsLimit(refusal.InnerException))
        {
            throw new FileSaveException(
                $"'{refusal.Path}' cannot be written: the file system takes files neither in any order nor from front to back ({refusal.InnerException!.Message}).",
                refusal.Path,
                FileSaveFailure.MountLimit,
                refusal);
        }
    }

    private async Task<SavedBatchExportFile> FetchAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        try
        {
            // Another command may have finished the file after the first look.
            return await FindPresentAsync(cancellationToken) ?? await FetchAgainAsync(partial, cancellationToken);
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

    private async Task<SavedBatchExportFile> FetchAgainAsync(PartialFile partial, CancellationToken cancellationToken)
    {
        var asOneStream = false;
        var wasDamaged = false;
        for (var restarts = 0; ; restarts++)
        {
            try
            {
                return await FetchOnceAsync(partial, asOneStream, cancellationToken);
            }
            catch (StartOverException again)
            {
                FileSystemErrors.Guard(_folder, partial.Reset);
                if (restarts == MostRestarts || (again.IsDamage && wasDamaged))
                    throw new FileSaveException($"{again.Message} It was fetched {restarts + 1} times.", again.Path ?? _folder, FileSaveFailure.Damaged, again);

                // One answer is of one version, however many of them the storage tells of.
                asOneStream |= again.AsOneStream || restarts > 0;
                wasDamaged |= again.IsDamage;
                _api.Observer.OnWarning($"{File.FileId}: {again.Message} It is fetched from its beginning.");
            }
        }
    }

    private async Task<SavedBatchExportFile> FetchOnceAsync(PartialFile partial, bool asOneStream, CancellationToken cancellationToken)
    {
        var isResumed = partial.ResumedBytes > 0;
        await using var arrival = _options.Verify && !partial.IsSequential ? new ArrivalCheck(partial, cancellationToken) : null;
        var options = partial.IsSequential ? _options with { Connections = 1 } : _options;
        var transfer = new FileTransfer(_storage, partial, arrival, _slots, options, asOneStream, PreparePath, OnProgress);
        var found = await transfer.RunAsync(cancellationToken);
        var path = PathOf(found.Name);
        var check = await CheckAsync(partial, arrival, path, found, cancellationToken);
        if (check.Damage is { } damage)
            throw new StartOverException($"'{path}' did not arrive as the storage has it: {damage}.") { IsDamage = true, Path = path };

        var length = partial.Bytes;
        if (!await partial.CompleteAsync(path, _options.Overwrite, found.ModifiedAt, cancellationToken))
            _api.Observer.OnWarning($"'{path}' is complete, but its folder could not be flushed to the disk: its name may not survive a power cut.");

        return Saved(path, found, length, check) with { Resumed = isResumed };
    }

    private string PreparePath(StorageObject found)
    {
        var path = PathOf(found.Name);
        _names.Claim(path, File);
        if (_options.Disk.FolderExists(path))
            throw new FileSaveException($"'{path}' cannot be written: a folder of that name is there.", path, FileSaveFailure.Other);

        return _options.Overwrite || !_options.Disk.Exists(path) ? path : throw FileSystemErrors.AlreadyExists(path);
    }

    private void WarnOfMoveAside(string aside) =>
        _api.Observer.OnWarning($"Something other than a partial file of your own was in the way of the download; it has been renamed to '{aside}'.");

    private async Task<FileCheck> CheckAsync(
        PartialFile partial, ArrivalCheck? arrival, string path, StorageObject found, CancellationToken cancellationToken)
    {
        if (arrival is not null)
        {
            partial.BeginFlush();
            return await arrival.EndAsync(found, path);
        }

        if (_options.Verify)
            return await Task.Run(() => FileSystemErrors.Guard(path, () => FileIntegrity.CheckAll(partial.OpenRead, found, cancellationToken)), cancellationToken);

        if (!found.IsProvenByTagOnly)
            return default;

        return await Task.Run(() => FileSystemErrors.Guard(path, () => FileIntegrity.CheckMd5(partial.OpenRead, found, cancellationToken)), cancellationToken);
    }

    private void OnProgress(string name, long bytes, long? length) =>
        _options.OnProgress?.Invoke(new DownloadProgress(File.FileId, name, bytes, length));

    private SavedBatchExportFile Saved(string path, StorageObject found, long length, FileCheck check) => new()
    {
        FullName = path,
        Name = found.Name,
        Length = length,
        RunId = File.RunId,
        FileId = File.FileId,
        Index = File.Index,
        ProjectId = File.ProjectId,
        Origin = File.Origin,
        ETag = found.ETag,
        Records = check.Rows,
        Proof = check.AreBytesProven ? FileProof.Bytes : FileProof.Length,
    };
}
