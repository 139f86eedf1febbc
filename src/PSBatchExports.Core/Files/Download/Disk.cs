using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports;

/// <summary>The real file system.</summary>
internal sealed class Disk : IDisk
{
    public static readonly Disk Instance = new();

    /// <summary>How often a name may change hands while it is being opened.</summary>
    private const int MaxOpenAttempts = 10;

    // Windows renames and deletes an open file only if that was allowed when it was opened. Elsewhere it takes no permission, and the lock is
    // exclusive only without any sharing.
    private static readonly FileShare Exclusive = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    public bool Exists(string path) => File.Exists(path) || IsLink(path);

    public bool IsRegularFile(string path) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityAt(path) is { } found ? found.IsRegular : File.Exists(path) && !IsLink(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onPutAside)
    {
        for (var attempt = 1; attempt <= MaxOpenAttempts; attempt++)
        {
            if (IsForeign(path))
                PutAside(path, onPutAside);

            if (!Exists(path))
            {
                if (!create)
                    return null;

                TryCreate(path);
            }

            if (TryOpen(path) is not { } handle)
                continue;

            if (IsAt(path, handle) && !IsForeign(path, handle))
            {
                if (!OperatingSystem.IsWindows())
                    TrySetMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);

                return new OpenFile(handle);
            }

            handle.Dispose();
        }

        throw new FileReplacedException(path);
    }

    public Stream OpenRead(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public bool IsAt(string path, IDiskFile open) => IsAt(path, ((OpenFile)open).Handle);

    public void Delete(string path, IDiskFile open)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        File.Delete(path);
        open.Dispose();
    }

    public bool Rename(string path, IDiskFile open, string target, bool overwrite)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        if (OperatingSystem.IsWindows())
        {
            MoveOnWindows(path, target, overwrite);
            open.Dispose();
            return true;
        }

        SetUsualPermissions(path, ((OpenFile)open).Handle);
        if (overwrite)
            File.Move(path, target, overwrite);
        else if (!UnixFile.TryRename(path, target))
            throw new TargetExistsException(target);

        // Somebody who does not respect locks may have taken the name between the look and the rename.
        if (!IsAt(target, open))
        {
            File.Move(target, path, overwrite: false);
            throw new FileReplacedException(path);
        }

        open.Dispose();
        return UnixFile.TryFlushFolder(Path.GetDirectoryName(target)!);
    }

    public long LengthOf(string path) => new FileInfo(path).Length;

    public DateTimeOffset ModifiedAt(string path) => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static bool IsForeign(string path) =>
        IsLink(path) || Directory.Exists(path) || (!OperatingSystem.IsWindows() && UnixFile.IdentityAt(path) is { } found && !UnixFile.IsOwn(found, path));

    private static bool IsForeign(string path, SafeFileHandle handle) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityOf(handle) is { } held && !UnixFile.IsOwn(held, path);

    // Unknown counts as yes: where the system does not tell files apart, the lock alone has to do.
    private static bool IsAt(string path, SafeFileHandle handle) =>
        OperatingSystem.IsWindows() || UnixFile.IdentityOf(handle) is not { } held || (UnixFile.IdentityAt(path) is { } found && found.IsSameAs(held));

    // A rename does not follow a link, wait for a pipe, or need any right to what is renamed.
    private static void PutAside(string path, Action<string> onPutAside)
    {
        var aside = $"{path}.{Guid.NewGuid():n}.untrusted";
        try
        {
            if (Directory.Exists(path))
                Directory.Move(path, aside);
            else
                File.Move(path, aside, overwrite: false);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another command was faster.
            return;
        }

        onPutAside(aside);
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Exclusive);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    // It is opened afterwards, like any other file that is there.
    private static void TryCreate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = Exclusive, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (Instance.Exists(path))
        {
            // Another command was faster.
        }
    }

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

    [UnsupportedOSPlatform("windows")]
    private static void SetUsualPermissions(string path, SafeFileHandle handle)
    {
        if ((UnixFile.UsualPermissions() ?? PermissionsOfNewFile(path)) is { } usual)
            TrySetMode(handle, usual);
    }

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

    [UnsupportedOSPlatform("windows")]
    private static void TrySetMode(SafeFileHandle handle, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(handle, mode);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            // FAT and some network file systems have no permissions.
        }
    }

    private sealed class OpenFile(SafeFileHandle handle) : IDiskFile
    {
        public SafeFileHandle Handle => handle;

        public long Length => RandomAccess.GetLength(handle);

        public void SetLength(long length) => OrTooLarge(() =>
        {
            if (OperatingSystem.IsWindows() || length <= Length)
                RandomAccess.SetLength(handle, length);
            else
                UnixFile.Reserve(handle, length);
        });

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (ArgumentOutOfRangeException failure)
            {
                throw TooLarge(failure);
            }
        }

        public int Read(long offset, Span<byte> bytes) => RandomAccess.Read(handle, bytes, offset);

        public void SetModifiedAt(DateTimeOffset time) => File.SetLastWriteTimeUtc(handle, time.UtcDateTime);

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

        private static void OrTooLarge(Action work)
        {
            try
            {
                work();
            }
            catch (ArgumentOutOfRangeException failure)
            {
                throw TooLarge(failure);
            }
        }

        // What .NET makes of EFBIG.
        private static IOException TooLarge(ArgumentOutOfRangeException failure) => new(failure.Message, failure) { HResult = FileSystemErrors.TooLarge };
    }
}
