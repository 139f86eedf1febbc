namespace PSBatchExports;

/// <summary>A file that appears under its name only when it is whole: written beside it under a temporary name, flushed to the disk, then renamed.</summary>
internal sealed class WholeFile : IAsyncDisposable
{
    private readonly string _target;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _isDone;

    private WholeFile(string target, string temporary, FileStream stream)
    {
        _target = target;
        _temporary = temporary;
        _stream = stream;
    }

    public static WholeFile Create(string target, string mark)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{mark}.partial");
        var stream = FileSystemErrors.Guard(target, () => new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous));
        return new WholeFile(target, temporary, stream);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        FileSystemErrors.GuardAsync(_target, _stream.WriteAsync(bytes, cancellationToken));

    /// <exception cref="FileSaveException">A file of that name has come in the meantime, or the disk refused.</exception>
    public async Task CompleteAsync(bool overwrite)
    {
        FileSystemErrors.Guard(_target, () =>
        {
            _stream.Flush(flushToDisk: true);
            return true;
        });
        await FileSystemErrors.GuardAsync(_target, _stream.DisposeAsync());
        FileSystemErrors.Guard(_target, () =>
        {
            if (!overwrite && File.Exists(_target))
                throw Exists(_target);

            File.Move(_temporary, _target, overwrite);
            return true;
        });
        _isDone = true;
    }

    public static FileSaveException Exists(string path) => new($"'{path}' exists already.", path, FileSaveFailure.Exists);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
            if (!_isDone)
                File.Delete(_temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here says more than one to clean up.
        }
    }
}
