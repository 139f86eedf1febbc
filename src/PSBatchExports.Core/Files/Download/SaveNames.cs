namespace PSBatchExports.Files.Download;

/// <summary>The names that the files of one call take: two runs over the same interval have files of the same name.</summary>
internal sealed class SaveNames
{
    private readonly Dictionary<string, BatchExportFile> _owners = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="FileSaveException">Another file of the call has that name.</exception>
    public void Claim(string path, BatchExportFile file)
    {
        lock (_owners)
        {
            if (_owners.TryAdd(path, file) || _owners[path].FileId == file.FileId)
                return;

            var owner = _owners[path];
            throw new FileSaveException($"'{path}' is the name of file {owner.Index} of run {owner.RunId} as well, which is saved by the same call.", path, FileSaveFailure.Collision);
        }
    }
}
