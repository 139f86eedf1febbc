namespace PSBatchExports.Files.Download;

/// <summary>The paths that the files of one call are saved to. No two files may share one.</summary>
internal sealed class SaveNames
{
    private readonly Dictionary<string, BatchExportFile> _owners = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="FileSaveException">Another file of the call has that path.</exception>
    public void Reserve(string path, BatchExportFile file)
    {
        lock (_owners)
        {
            if (_owners.TryAdd(path, file) || _owners[path].FileId == file.FileId)
                return;

            var owner = _owners[path];
            throw new FileSaveException(
                $"'{path}' is also the name of file {owner.Index} of run {owner.RunId}, which is saved by the same call.",
                path,
                FileSaveFailure.Collision);
        }
    }
}
