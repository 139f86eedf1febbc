using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>Opens files so that no other command can use them, and moves aside what cannot be trusted.</summary>
internal static class ExclusiveFile
{
    // How often a file may be replaced while it is being opened.
    private const int MaxAttempts = 10;

    // Windows renames and deletes an open file only if that was shared. On Unix it takes no permission, and the lock is exclusive only
    // without sharing.
    private static readonly FileShare Exclusive = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <inheritdoc cref="IDisk.OpenExclusive"/>
    public static LocalFile? Open(string path, bool create, Action<string> onMovedAside)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (PathChecks.IsUntrusted(path))
                MoveAside(path, onMovedAside);

            var isNew = false;
            if (!PathChecks.Exists(path))
            {
                if (!create)
                    return null;

                isNew = TryCreate(path);
            }

            if (TryOpenInAnyOrder(path, isNew) is not { } handle)
                continue;

            if (PathChecks.IsAt(path, handle) && !PathChecks.IsUntrusted(path, handle))
            {
                if (!OperatingSystem.IsWindows())
                    UnixPermissions.TrySet(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);

                return new LocalFile(handle, path);
            }

            handle.Dispose();
        }

        throw new FileReplacedException(path);
    }

    // A rename does not follow links, block on pipes, or need any right to what is renamed.
    public static void MoveAside(string path, Action<string> onMovedAside)
    {
        var newPath = $"{path}.{Guid.NewGuid():n}.untrusted";
        try
        {
            if (Directory.Exists(path))
                Directory.Move(path, newPath);
            else
                File.Move(path, newPath, overwrite: false);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another command has moved it already.
            return;
        }

        onMovedAside(newPath);
    }

    /// <exception cref="IOException">Another process has the file open.</exception>
    public static void DeleteUnlessInUse(string path)
    {
        try
        {
            using var held = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Exclusive);
            File.Delete(path);
        }
        catch (FileNotFoundException) when (PathChecks.Exists(path))
        {
            // On some mounts a file that is being written exists but cannot be opened.
            throw FileSystemErrors.InUse(path);
        }
        catch (FileNotFoundException)
        {
            // It has been deleted already.
        }
    }

    /// <returns>Null if the file has been deleted.</returns>
    /// <exception cref="SequentialOnlyException">The file system refuses even a new file, whatever its permissions.</exception>
    private static SafeFileHandle? TryOpenInAnyOrder(string path, bool isNew)
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

    /// <returns>Null if there is no file.</returns>
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

    /// <summary>Creates an empty file, which is then opened like any existing one.</summary>
    /// <returns>False if another command has created it.</returns>
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
        catch (IOException) when (PathChecks.Exists(path))
        {
            return false;
        }
    }
}
