using PSBatchExports.Files.Disk;

namespace PSBatchExports.Ledger;

/// <summary>Appends to a ledger. Only one process at a time may.</summary>
internal sealed class LedgerWriter : IDisposable
{
    private readonly object _appending = new();
    private readonly IDiskFile _file;
    private readonly FileStream _lock;
    private long _length;

    private LedgerWriter(FileStream held, IDiskFile file, LedgerContent content, long length) =>
        (_lock, _file, Content, _length) = (held, file, content, length);

    /// <summary>What the ledger says. Not thread-safe.</summary>
    public LedgerContent Content { get; }

    /// <summary>Opens or creates the ledger of a folder.</summary>
    /// <param name="folder">The full path of an existing folder.</param>
    /// <exception cref="FileSaveException">Another command has it open.</exception>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    public static LedgerWriter Open(string folder)
    {
        var path = Path.Combine(folder, LedgerReader.FileName);
        var held = Hold(Path.Combine(folder, LedgerReader.LockName), folder);
        try
        {
            var isNew = !File.Exists(path);
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            var file = new LocalFile(handle, path);
            using var reader = file.OpenRead();
            var (content, length) = LedgerReader.Read(reader, path);
            if (length < file.Length)
                file.SetLength(length);

            if (isNew && !OperatingSystem.IsWindows())
                UnixFile.TryFlushFolder(folder);

            return new LedgerWriter(held, file, content, length);
        }
        catch
        {
            Release(held);
            throw;
        }
    }

    /// <summary>Appends a line. Returns once it will survive a power cut.</summary>
    public void Append(LedgerLine line)
    {
        lock (_appending)
        {
            var bytes = line.ToBytes();
            _file.Write(_length, bytes);
            _file.Flush();
            _length += bytes.Length;
            Content.Apply(line);
        }
    }

    /// <summary>Reads what the ledger says while other threads append.</summary>
    public T Read<T>(Func<LedgerContent, T> read)
    {
        lock (_appending)
            return read(Content);
    }

    public void Dispose()
    {
        _file.Dispose();
        Release(_lock);
    }

    // The file stays: deleting it would let a third process lock another file of this name.
    private static void Release(FileStream held) => held.Dispose();

    private static FileStream Hold(string path, string folder)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException failure) when (FileSystemErrors.IsInUse(failure))
        {
            throw new FileSaveException($"Another command is saving into '{folder}'.", folder, FileSaveFailure.InUse, failure);
        }
    }
}
