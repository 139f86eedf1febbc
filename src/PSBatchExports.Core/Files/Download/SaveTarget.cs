using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>Where a file is saved and under which name. Also reports its progress and warnings.</summary>
internal sealed class SaveTarget
{
    private readonly StorageFile _storage;
    private readonly SaveOptions _options;
    private readonly SaveNames _names;
    private readonly IRequestObserver _observer;
    private string? _expectedPath;

    public SaveTarget(Api api, BatchExportFile file, StorageFile storage, SaveOptions options, SaveNames names)
    {
        (_observer, _storage, _options, _names, File) = (api.Observer, storage, options, names, file);
        Folder = options.GroupByRun ? Path.Combine(options.Folder, SafeFileName.From(file.RunId)) : options.Folder;
        Partials = new PartialFiles(options.Disk, api.Time, options.Sizes, Folder, WarnMovedAside);
    }

    public BatchExportFile File { get; }

    public string Folder { get; }

    public PartialFiles Partials { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The path that the signed URL suggests. The storage's response may name another one.</summary>
    public async Task<string> ExpectPathAsync(CancellationToken cancellationToken)
    {
        if (_expectedPath is null)
        {
            var url = await _storage.RepeatAsync(_storage.SignAsync, cancellationToken);
            _expectedPath = PathOf(StorageObject.ExpectedName(url, File));
        }

        return _expectedPath;
    }

    /// <summary>Reserves a path for this file.</summary>
    /// <exception cref="FileSaveException">Another file of the call has that path.</exception>
    public void Reserve(string path) => _names.Reserve(path, File);

    /// <summary>Reserves the path of an object that is about to be written.</summary>
    /// <exception cref="FileSaveException">The file cannot be saved there.</exception>
    public string Reserve(StorageObject found)
    {
        var path = PathOf(found.Name);
        Reserve(path);
        if (_options.Disk.FolderExists(path))
            throw new FileSaveException($"'{path}' cannot be written: it is a folder.", path, FileSaveFailure.Other);

        return _options.Overwrite || !_options.Disk.Exists(path) ? path : throw FileSystemErrors.AlreadyExists(path);
    }

    public void ReportProgress(StorageObject found, long bytes) =>
        _options.OnProgress?.Invoke(new DownloadProgress(File.FileId, found.Name, bytes, found.Length));

    public void Warn(string message) => _observer.OnWarning(message);

    public SavedBatchExportFile Saved(StorageObject found, long length, FileCheck check) => new()
    {
        FullName = PathOf(found.Name),
        Name = found.Name,
        Length = length,
        RunId = File.RunId,
        FileId = File.FileId,
        Index = File.Index,
        ProjectId = File.ProjectId,
        Origin = File.Origin,
        Run = File.Run,
        ETag = found.ETag,
        Records = check.Rows,
        Proof = check.AreBytesProven ? FileProof.Bytes : FileProof.Length,
    };

    private void WarnMovedAside(string newPath) =>
        Warn($"The name of a partial file was taken by something that is not a partial file of yours. It was renamed to '{newPath}'.");
}
