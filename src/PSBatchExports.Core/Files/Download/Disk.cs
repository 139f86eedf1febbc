using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports;

/// <summary>The real file system.</summary>
internal sealed class Disk : IDisk
{
    public static readonly Disk Instance = new();

    /// <summary>How often a name may change hands while it is being opened.</summary>
    private const int MaxOpenAttempts = 10;

    public bool Exists(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

    public bool IsRegularFile(string path) =>
        OperatingSystem.IsWindows() || UnixFile.IdentityAt(path) is not { } found ? File.Exists(path) : found.IsRegular;

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public IDiskFile? OpenExclusive(string path, bool create)
    {
        string? putAside = null;
        for (var attempt = 1; attempt <= MaxOpenAttempts; attempt++)
        {
            if (IsUntrusted(path))
                putAside = PutAside(path);

            if (!Exists(path))
            {
                if (!create)
                    return null;

                if (TryCreate(path, putAside) is { } created)
                    return created;

                continue;
            }

            var handle = TryOpen(path);
            if (handle is not null && IsAt(path, handle) && !IsUntrusted(path))
                return new OpenFile(handle, permissions: null, putAside);

            handle?.Dispose();
        }

        throw new FileReplacedException(path);
    }

    public Stream OpenRead(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public bool IsAt(string path, IDiskFile open) => IsAt(path, ((OpenFile)open).Handle);

    public void Delete(string path, IDiskFile open)
    {
        var file = (OpenFile)open;
        if (!IsAt(path, file.Handle))
            throw new FileReplacedException(path);

        ThenClose(file, () => File.Delete(path));
    }

    public void Rename(string path, IDiskFile open, string target, bool overwrite)
    {
        var file = (OpenFile)open;
        if (!IsAt(path, file.Handle))
            throw new FileReplacedException(path);

        SetUsualPermissions(path, file);
        ThenClose(file, () =>
        {
            if (OperatingSystem.IsWindows() || overwrite)
                Move(path, target, overwrite);
            else if (!UnixFile.TryRename(path, target))
                throw new TargetExistsException(target);

            if (OperatingSystem.IsWindows())
                return;

            // Somebody who does not respect locks may have taken the name between the look and the rename.
            if (!IsAt(target, file.Handle))
            {
                File.Move(target, path, overwrite: false);
                throw new FileReplacedException(path);
            }

            UnixFile.FlushFolder(Path.GetDirectoryName(target)!);
        });
    }

    public long LengthOf(string path) => new FileInfo(path).Length;

    public DateTimeOffset ModifiedAt(string path) => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    public void SetModifiedAt(string path, DateTimeOffset time) => File.SetLastWriteTimeUtc(path, time.UtcDateTime);

    private static void Move(string path, string target, bool overwrite)
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

    private static bool IsUntrusted(string path) => OperatingSystem.IsWindows()
        ? Path.Exists(path) && (File.GetAttributes(path) & (FileAttributes.ReparsePoint | FileAttributes.Directory)) != FileAttributes.None
        : UnixFile.IsTrusted(path) is false;

    // Unknown counts as yes: where the system does not tell files apart, the lock alone has to do.
    private static bool IsAt(string path, SafeFileHandle handle) =>
        OperatingSystem.IsWindows() || UnixFile.IdentityOf(handle) is not { } held || (UnixFile.IdentityAt(path) is { } found && found.IsSameAs(held));

    // A rename does not follow a link, wait for a pipe, or need any right to what is renamed.
    private static string PutAside(string path)
    {
        var aside = $"{path}.{Guid.NewGuid():n}.untrusted";
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            Directory.Move(path, aside);
        else
            File.Move(path, aside, overwrite: false);

        return aside;
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static OpenFile? TryCreate(string path, string? putAside)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (Instance.Exists(path))
        {
            return null;
        }

        if (!IsAt(path, handle))
        {
            handle.Dispose();
            return null;
        }

        return new OpenFile(handle, OperatingSystem.IsWindows() ? null : Restrict(handle), putAside);
    }

    /// <summary>Lets only this user read a file that is still empty.</summary>
    /// <returns>The permissions that it had; null where the file system has none.</returns>
    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode? Restrict(SafeFileHandle handle)
    {
        var usual = File.GetUnixFileMode(handle);
        return TrySetMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite) ? usual : null;
    }

    [UnsupportedOSPlatform("windows")]
    private static bool TrySetMode(SafeFileHandle handle, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(handle, mode);
            return true;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            // FAT and some network file systems have no permissions.
            return false;
        }
    }

    /// <summary>Gives a file the permissions that any new file in its folder has.</summary>
    private static void SetUsualPermissions(string path, OpenFile file)
    {
        if (!OperatingSystem.IsWindows() && (file.Permissions ?? PermissionsOfNewFile(path)) is { } usual)
            _ = TrySetMode(file.Handle, usual);
    }

    // A download that was resumed does not know them any more.
    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode? PermissionsOfNewFile(string path)
    {
        try
        {
            using var probe = File.OpenHandle($"{path}.{Guid.NewGuid():n}", FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
            return File.GetUnixFileMode(probe);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Windows cannot rename an open file, but there nobody else can change a file in the moment between.
    private static void ThenClose(OpenFile open, Action work)
    {
        if (OperatingSystem.IsWindows())
            open.Dispose();

        work();
        open.Dispose();
    }

    private sealed class OpenFile(SafeFileHandle handle, UnixFileMode? permissions, string? putAside) : IDiskFile
    {
        public SafeFileHandle Handle => handle;

        /// <summary>Those that it had when it was created; null where that was by somebody else.</summary>
        public UnixFileMode? Permissions => permissions;

        public string? PutAside => putAside;

        public long Length => RandomAccess.GetLength(handle);

        public void SetLength(long length)
        {
            if (OperatingSystem.IsWindows() || length <= Length)
                RandomAccess.SetLength(handle, length);
            else
                UnixFile.Reserve(handle, length);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Flush()
        {
            if (OperatingSystem.IsWindows())
                RandomAccess.FlushToDisk(handle);
            else
                UnixFile.Flush(handle);
        }

        public Stream OpenRead()
        {
            var reader = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
            reader.Position = 0;
            return reader;
        }

        public void Dispose() => handle.Dispose();
    }
}
