namespace PSBatchExports.Files.Disk;

/// <summary>The real file system.</summary>
internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    public bool Exists(string path) => PathChecks.Exists(path);

    public bool IsRegularFile(string path) => PathChecks.IsRegularFile(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside) =>
        ExclusiveFile.Open(path, create, onMovedAside);

    public IDiskFile CreateSequential(string path, Action<string> onMovedAside)
    {
        if (PathChecks.IsUntrusted(path))
            ExclusiveFile.MoveAside(path, onMovedAside);

        if (Exists(path))
            ExclusiveFile.DeleteUnlessInUse(path);

        try
        {
            return new SequentialFile(path);
        }
        catch (IOException) when (Exists(path))
        {
            throw FileSystemErrors.InUse(path);
        }
    }

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public bool IsAt(string path, IDiskFile open) => open is LocalFile file ? PathChecks.IsAt(path, file.Handle) : File.Exists(path);

    public void Delete(string path, IDiskFile open)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        // A file that is uploaded when it is closed would reappear.
        if (open is SequentialFile)
            open.Dispose();

        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (FileSystemErrors.IsLimit(failure))
        {
            // Some file systems cannot delete an open file.
            open.Dispose();
            File.Delete(path);
        }

        open.Dispose();
    }

    public bool Rename(string path, IDiskFile open, string target, bool overwrite)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        if (open is SequentialFile)
            open.Flush();

        if (OperatingSystem.IsWindows())
        {
            MoveOnWindows(path, target, overwrite);
            open.Dispose();
            return true;
        }

        UnixPermissions.SetDefault(path, (open as LocalFile)?.Handle);

        if (overwrite)
            UnixFile.Rename(path, target);
        else if (!UnixFile.TryRename(path, target))
            throw new TargetExistsException(target);

        // A program that ignores locks may have replaced the file between the check and the rename.
        if (!IsAt(target, open))
        {
            File.Move(target, path, overwrite: false);
            throw new FileReplacedException(path);
        }

        open.Dispose();
        if (UnixFile.IdentityAt(path) is { } remaining && UnixFile.IdentityAt(target) is { } renamed && remaining.IsSameAs(renamed))
            UnixFile.TryDelete(path);

        return UnixFile.TryFlushFolder(Path.GetDirectoryName(target)!);
    }

    public void Move(string path, string target)
    {
        if (OperatingSystem.IsWindows())
            File.Move(path, target, overwrite: true);
        else
            UnixFile.Rename(path, target);
    }

    public long LengthOf(string path) => new FileInfo(path).Length;

    public DateTimeOffset ModifiedAt(string path) => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    private static void MoveOnWindows(string path, string target, bool overwrite)
    {
        try
        {
            File.Move(path, target, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(target))
        {
            throw new TargetExistsException(target);
        }
    }
}
