using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>The permissions of saved files. FAT and some network file systems have none; that is ignored.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixPermissions
{
    /// <summary>Gives a file the permissions of a new file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="handle">The open file; null to set the permissions by path.</param>
    public static void SetDefault(string path, SafeFileHandle? handle)
    {
        if ((UnixFile.DefaultPermissions() ?? PermissionsOfNewFile(path)) is not { } permissions)
            return;

        if (handle is not null)
            TrySet(handle, permissions);
        else
            TrySet(() => File.SetUnixFileMode(path, permissions));
    }

    public static void TrySet(SafeFileHandle handle, UnixFileMode permissions) => TrySet(() => File.SetUnixFileMode(handle, permissions));

    private static void TrySet(Action set)
    {
        try
        {
            set();
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            // The file system has no permissions.
        }
    }

    private static UnixFileMode? PermissionsOfNewFile(string path)
    {
        try
        {
            var probePath = $"{path}.{Guid.NewGuid():n}";
            using var probe = File.OpenHandle(probePath, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
            return File.GetUnixFileMode(probe);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
