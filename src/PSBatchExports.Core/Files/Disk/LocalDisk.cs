using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>The real file system.</summary>
internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    // Times that files do not have: seconds are even, as not every file system keeps odd ones.
    private static readonly DateTime FirstMark = new(1981, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private const int MaxMarks = 100_000_000;

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

    public IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside)
    {
        for (var attempt = 1; attempt <= MaxOpenAttempts; attempt++)
        {
            if (IsForeign(path))
                MoveAside(path, onMovedAside);

            var isNew = false;
            if (!Exists(path))
            {
                if (!create)
                    return null;

                isNew = TryCreate(path);
            }

            if (OpenOrSayWhyNot(path, isNew) is not { } handle)
                continue;

            if (IsAt(path, handle) && !IsForeign(path, handle))
            {
                if (!OperatingSystem.IsWindows())
                    TrySetMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);

                return new OpenFile(handle, path);
            }

            handle.Dispose();
        }

        throw new FileReplacedException(path);
    }

    public IDiskFile CreateSequential(string path, Action<string> onMovedAside)
    {
        if (IsForeign(path))
            MoveAside(path, onMovedAside);

        if (Exists(path))
            DeleteUnlessInUse(path);

        try
        {
            return new SequentialFile(path);
        }
        catch (IOException) when (Exists(path))
        {
            throw FileSystemErrors.InUse(path);
        }
    }

    public Stream OpenRead(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public bool IsAt(string path, IDiskFile open) => open is OpenFile file ? IsAt(path, file.Handle) : File.Exists(path);

    public void Delete(string path, IDiskFile open)
    {
        if (!IsAt(path, open))
            throw new FileReplacedException(path);

        // What is uploaded when it is closed would be there again.
        if (open is SequentialFile)
            open.Dispose();

        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (FileSystemErrors.IsLimit(failure))
        {
            // Some file systems remove only what nobody has open.
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

        SetUsualPermissions(path, (open as OpenFile)?.Handle);

        if (overwrite)
            UnixFile.Rename(path, target);
        else if (!UnixFile.TryRename(path, target))
            throw new TargetExistsException(target);

        // Somebody who does not respect locks may have taken the name between the look and the rename.
        if (!IsAt(target, open))
        {
            File.Move(target, path, overwrite: false);
            throw new FileReplacedException(path);
        }

        open.Dispose();
        if (UnixFile.IdentityAt(path) is { } left && UnixFile.IdentityAt(target) is { } named && left.IsSameAs(named))
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

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static bool IsForeign(string path) =>
        IsLink(path) || Directory.Exists(path) || (!OperatingSystem.IsWindows() && UnixFile.IdentityAt(path) is { } found && !UnixFile.IsOwn(found, path));

    private static bool IsForeign(string path, SafeFileHandle handle) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityOf(handle) is { } held && !UnixFile.IsOwn(held, path);

    // Unknown counts as yes: where the system does not tell files apart, the lock alone has to do.
    private static bool IsAt(string path, SafeFileHandle handle) =>
        OperatingSystem.IsWindows()
        || UnixFile.IdentityOf(handle) is not { } held
        || (UnixFile.IdentityAt(path) is { } found && (found.IsSameAs(held) || (found.Device == held.Device && IsMarkedWith(path, handle))));

    // Some file systems make up the number of a file, and another one the next time. What is changed through the handle shows under the name if that is still the file's.
    [UnsupportedOSPlatform("windows")]
    private static bool IsMarkedWith(string path, SafeFileHandle handle)
    {
        try
        {
            var time = File.GetLastWriteTimeUtc(handle);
            var mark = FirstMark.AddSeconds(2 * RandomNumberGenerator.GetInt32(MaxMarks));
            File.SetLastWriteTimeUtc(handle, mark);
            var isMarked = File.GetLastWriteTimeUtc(path) == mark;
            File.SetLastWriteTimeUtc(handle, time);
            return isMarked;
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return false;
        }
    }

    // A rename does not follow a link, wait for a pipe, or need any right to what is renamed.
    private static void MoveAside(string path, Action<string> onMovedAside)
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

        onMovedAside(aside);
    }

    // That a file is refused which has just been made is due to the file system, and not to its permissions.
    private static SafeFileHandle? OpenOrSayWhyNot(string path, bool isNew)
    {
        try
        {
            return TryOpen(path);
        }
        catch (Exception refusal) when (FileSystemErrors.IsLimit(refusal) && (isNew || RefusesNewFiles(path)))
        {
            if (isNew)
                File.Delete(path);

            throw new SequentialOnlyException(path, refusal);
        }
    }

    private static bool RefusesNewFiles(string path)
    {
        var probe = $"{path}.{Guid.NewGuid():n}";
        try
        {
            if (!TryCreate(probe))
                return false;

            TryOpen(probe)?.Dispose();
            return false;
        }
        catch (Exception refusal) when (FileSystemErrors.IsLimit(refusal))
        {
            return File.Exists(probe);
        }
        finally
        {
            File.Delete(probe);
        }
    }

    // Where a file can be read only when it is complete, one that is there and cannot be found to be read is being written.
    private static void DeleteUnlessInUse(string path)
    {
        try
        {
            using var held = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Exclusive);
            File.Delete(path);
        }
        catch (FileNotFoundException) when (Instance.Exists(path))
        {
            throw FileSystemErrors.InUse(path);
        }
        catch (FileNotFoundException)
        {
            // It is gone.
        }
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

    // It is opened afterwards, like any other file that is there. False where another command was faster.
    private static bool TryCreate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = Exclusive, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        try
        {
            new FileStream(path, options).Dispose();
            return true;
        }
        catch (IOException) when (Instance.Exists(path))
        {
            return false;
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
    private static void SetUsualPermissions(string path, SafeFileHandle? handle)
    {
        if ((UnixFile.UsualPermissions() ?? PermissionsOfNewFile(path)) is { } usual)
        {
            if (handle is not null)
                TrySetMode(handle, usual);
            else
                TrySetMode(path, usual);
        }
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
    private static void TrySetMode(SafeFileHandle handle, UnixFileMode mode) => TrySetMode(() => File.SetUnixFileMode(handle, mode));

    [UnsupportedOSPlatform("windows")]
    private static void TrySetMode(string path, UnixFileMode mode) => TrySetMode(() => File.SetUnixFileMode(path, mode));

    [UnsupportedOSPlatform("windows")]
    private static void TrySetMode(Action set)
    {
        try
        {
            set();
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            // FAT and some network file systems have no permissions.
        }
    }

    private sealed class OpenFile(SafeFileHandle handle, string path) : IDiskFile
    {
        public SafeFileHandle Handle => handle;

        public long Length => RandomAccess.GetLength(handle);

        public void SetLength(long length)
        {
            try
            {
                if (OperatingSystem.IsWindows() || length <= Length)
                    RandomAccess.SetLength(handle, length);
                else
                    UnixFile.Reserve(handle, length);
            }
            catch (Exception failure) when (Translated(failure) is not null)
            {
                throw Translated(failure)!;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (Exception failure) when (Translated(failure) is not null)
            {
                throw Translated(failure)!;
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

        // An argument out of range is what .NET makes of EFBIG.
        private IOException? Translated(Exception failure) => failure switch
        {
            ArgumentOutOfRangeException => new IOException(failure.Message, failure) { HResult = FileSystemErrors.TooLarge },
            _ when FileSystemErrors.IsLimit(failure) => new SequentialOnlyException(path, failure),
            _ => null,
        };
    }
}
