using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>Finds out what is at a path.</summary>
internal static class PathChecks
{
    // The time stamps of IsMarked: long past, and even, because not every file system keeps odd seconds.
    private static readonly DateTime FirstMark = new(1981, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private const int MaxMarks = 100_000_000;

    public static bool Exists(string path) => File.Exists(path) || IsLink(path);

    public static bool IsRegularFile(string path) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityAt(path) is { } found ? found.IsRegular : File.Exists(path) && !IsLink(path);

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether there is something that must not be written to: a link, a folder, a pipe, or a file of another user.</summary>
    public static bool IsUntrusted(string path) => IsLink(path) || Directory.Exists(path) || IsUntrustedOnUnix(path);

    /// <summary>As <see cref="IsUntrusted(string)"/>, for a file that is open.</summary>
    public static bool IsUntrusted(string path, SafeFileHandle handle) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityOf(handle) is { } opened && !UnixFile.IsOwn(opened, path);

    /// <summary>Whether an open file still has this name. True if the system does not tell: the lock has to do then.</summary>
    public static bool IsAt(string path, SafeFileHandle handle)
    {
        if (OperatingSystem.IsWindows() || UnixFile.IdentityOf(handle) is not { } opened)
            return true;

        if (UnixFile.IdentityAt(path) is not { } found)
            return false;

        return found.IsSameAs(opened) || (found.Device == opened.Device && IsMarked(path, handle));
    }

    private static bool IsUntrustedOnUnix(string path) =>
        !OperatingSystem.IsWindows() && UnixFile.IdentityAt(path) is { } found && !UnixFile.IsOwn(found, path);

    // Some file systems make up inode numbers, and different ones each time. A time that is set through the handle shows up at the path
    // only if both are the same file.
    [UnsupportedOSPlatform("windows")]
    private static bool IsMarked(string path, SafeFileHandle handle)
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
        catch (Exception failure) when (FileSystemErrors.IsDiskFailure(failure))
        {
            return false;
        }
    }
}
