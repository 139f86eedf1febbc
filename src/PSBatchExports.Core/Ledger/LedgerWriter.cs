using PSBatchExports.Files.Disk;

namespace PSBatchExports.Ledger;

/// <summary>Appends to a ledger. Only one process at a time may.</summary>
internal sealed class LedgerWriter : IDisposable
{
    private readonly object _appending = new();
    private readonly IDiskFile _file;
    private readonly string _path;
    private readonly FileStream _lock;
    private long _length;
    private Exception? _failure;

    private LedgerWriter(FileStream held, IDiskFile file, string path, LedgerContent content, long length) =>
        (_lock, _file, _path, Content, _length) = (held, file, path, content, length);

    /// <summary>What the ledger says. Not thread-safe.</summary>
    public LedgerContent Content { get; }

    /// <summary>Opens or creates the ledger of a folder.</summary>
    /// <param name="folder">The full path of an existing folder.</param>
    /// <param name="open">Opens the file; null for the file system.</param>
    /// <exception cref="FileSaveException">Another command has it open.</exception>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    public static LedgerWriter Open(string folder, Func<string, IDiskFile>? open = null)
    {
        var path = Path.Combine(folder, LedgerReader.FileName);
        var held = Hold(Path.Combine(folder, LedgerReader.LockName), folder);
        IDiskFile? file = null;
        try
        {
            var isNew = !File.Exists(path);
            file = (open ?? OpenLocal)(path);
            using var reader = file.OpenRead();
            var (content, length) = LedgerReader.Read(reader, path);
            if (length < file.Length)
                file.SetLength(length);

            if (isNew && !OperatingSystem.IsWindows())
                UnixFile.TryFlushFolder(folder);

            return new LedgerWriter(held, file, path, content, length);
        }
        catch
        {
            file?.Dispose();
            Release(held);
            throw;
        }
    }

    /// <summary>Appends a line. Returns once it will survive a power cut.</summary>
    /// <exception cref="FileSaveException">The disk failed, now or at an earlier line.</exception>
    /// <exception cref="FormatException">The line does not fit those before it. It is not written.</exception>
    public void Append(LedgerLine line)
    {
        lock (_appending)
        {
            // Part of a line may be on the disk. Another one in its place could mix with it.
            if (_failure is not null)
                throw FileSystemErrors.Describe(_path, _failure);

            Content.Apply(line);
            try
            {
                var bytes = line.ToBytes();
                _file.Write(_length, bytes);
                _file.Flush();
                _length += bytes.Length;
            }
            catch (Exception failure)
            {
                _failure = failure;
                throw FileSystemErrors.Describe(_path, failure);
            }
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

    private static LocalFile OpenLocal(string path) =>
        new(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite), path);

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
