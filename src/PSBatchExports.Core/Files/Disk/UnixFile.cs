using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PSBatchExports.Files.Disk;

/// <summary>
/// System calls that .NET does not offer: the identity and owner of a file, reliable flushes, and renames that do not replace.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    private const int InvalidArgument = 22;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;
    private const int NoSystemCall = 38;
    private const int NotSupportedLinux = 95;
    private const int NotSupportedMac = 45;
    private const int FileExists = 17;
    private const int Interrupted = 4;
    private const int NoSuchFile = 2;
    private const int MacFullFsync = 51;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const uint LinuxNoReplace = 1;
    private const uint MacNoReplace = 4;
    private const int LinuxCloseOnExec = 0x80000;
    private const int MacCloseOnExec = 0x1000000;
    private const int StatxBytes = 256;

    /// <summary>The identity of an open file; null if the system does not tell.</summary>
    public static FileIdentity? IdentityOf(SafeFileHandle handle) =>
        WithDescriptor(handle, descriptor => Identify(descriptor, "", NoFollow | EmptyPath));

    /// <summary>
    /// The identity of the file at a path, without following links; null if there is none, or if the system does not tell.
    /// </summary>
    public static FileIdentity? IdentityAt(string path) => Identify(CurrentFolder, path, NoFollow);

    /// <summary>
    /// Whether a file is safe to use: a regular file without another name that belongs to this user or to the owner of its folder. That
    /// owner could replace it anyway, and owns every file on a file system without owners.
    /// </summary>
    public static bool IsOwn(FileIdentity file, string path) =>
        file is { IsRegular: true, Links: 1 } && (file.Owner == geteuid() || file.Owner == OwnerOfFolder(path));

    /// <summary>The permissions of a new file; null if the system does not tell.</summary>
    public static UnixFileMode? DefaultPermissions()
    {
        const string field = "Umask:";
        if (!File.Exists("/proc/self/status"))
            return null;

        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : (UnixFileMode)(0b110_110_110 & ~Convert.ToInt32(line[field.Length..].Trim(), 8));
    }

    /// <summary>
    /// Flushes a file to the disk. The framework's own flush does not report failures on Linux (up to .NET 10.0.14, 9.0.23 and 8.0.34).
    /// </summary>
    /// <exception cref="IOException">The disk failed. The HResult is the errno.</exception>
    public static void Flush(SafeFileHandle handle) => WithDescriptor(handle, descriptor =>
    {
        FlushDescriptor(descriptor);
        return true;
    });

    /// <summary>
    /// Flushes a file, and makes the file system report what it would report when the file is closed: some upload it only then. Closing a
    /// duplicate of the descriptor has the same effect.
    /// </summary>
    /// <exception cref="IOException">The file system failed. The HResult is the errno.</exception>
    public static void FlushAndClose(SafeFileHandle handle) => WithDescriptor(handle, descriptor =>
    {
        FlushDescriptor(descriptor);
        var duplicate = dup(descriptor);
        if (duplicate < 0 || close(duplicate) != 0)
            throw Failure(Marshal.GetLastPInvokeError());

        return true;
    });

    /// <summary>Flushes a folder, so that the names in it will survive a power cut.</summary>
    /// <returns>Whether that succeeded.</returns>
    public static bool TryFlushFolder(string path)
    {
        var descriptor = open(path, OperatingSystem.IsMacOS() ? MacCloseOnExec : LinuxCloseOnExec);
        if (descriptor < 0)
            return false;

        try
        {
            FlushDescriptor(descriptor);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>
    /// Renames a file unless the target exists. On a file system that needs a hard link for that, the old name may remain while the file is
    /// open.
    /// </summary>
    /// <returns>False if the target exists.</returns>
    public static bool TryRename(string path, string target)
    {
        if (TryRenameNoReplace(path, target) is { } isRenamed)
            return isRenamed;

        // The file has two names for an instant, but the target is never replaced.
        if (link(path, target) == 0)
        {
            TryDelete(path);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == FileExists || LocalDisk.Instance.Exists(target))
            return false;

        Rename(path, target);
        return true;
    }

    /// <summary>
    /// Renames a file and replaces the target. Unlike the framework, it never falls back to a copy, which would show an incomplete file for
    /// a while.
    /// </summary>
    public static void Rename(string path, string target)
    {
        if (rename(path, target) != 0)
            throw Failure(Marshal.GetLastPInvokeError());
    }

    /// <summary>Removes a name of a file, if possible.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The file keeps both names.
        }
    }

    /// <summary>Reserves space. A file system that cannot do that only sets the length.</summary>
    public static void Reserve(SafeFileHandle handle, long length) => WithDescriptor(handle, descriptor =>
    {
        var error = Interrupted;
        while (error == Interrupted)
            error = OperatingSystem.IsLinux() && fallocate(descriptor, 0, 0, length) != 0 ? Marshal.GetLastPInvokeError() : 0;

        if (error != 0 && !IsUnsupported(error))
            throw Failure(error);

        RandomAccess.SetLength(handle, length);
        return true;
    });

    private static uint? OwnerOfFolder(string path) => Identify(CurrentFolder, Path.GetDirectoryName(path)!, 0)?.Owner;

    // Null if the system or the file system does not support it.
    private static bool? TryRenameNoReplace(string path, string target)
    {
        int result;
        try
        {
            if (OperatingSystem.IsLinux())
                result = renameat2(CurrentFolder, path, CurrentFolder, target, LinuxNoReplace);
            else if (OperatingSystem.IsMacOS())
                result = renamex_np(path, target, MacNoReplace);
            else
                return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        if (result == 0)
            return true;

        var error = Marshal.GetLastPInvokeError();
        if (error == FileExists)
            return false;

        return IsUnsupported(error) || error == NotPermitted ? null : throw Failure(error);
    }

    private static void FlushDescriptor(int descriptor)
    {
        if (OperatingSystem.IsMacOS() && Repeat(() => fcntl(descriptor, MacFullFsync)) == 0)
            return;

        // Pipes and some network file systems cannot be flushed. That does not mean that bytes are lost.
        var error = Repeat(() => fsync(descriptor));
        if (error != 0 && !IsUnsupported(error))
            throw Failure(error);

        static int Repeat(Func<int> call)
        {
            int error;
            do
            {
                error = call() == 0 ? 0 : Marshal.GetLastPInvokeError();
            }
            while (error == Interrupted);
            return error;
        }
    }

    private static bool IsUnsupported(int error) => error is InvalidArgument or NoSystemCall or NotSupportedLinux or NotSupportedMac;

    private static FileIdentity? Identify(int folder, string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
            return null;

        Span<byte> stat = stackalloc byte[StatxBytes];
        try
        {
            if (statx(folder, path, flags, BasicStats, ref stat[0]) != 0)
            {
                // An old kernel or a sandbox may refuse the call itself.
                var error = Marshal.GetLastPInvokeError();
                return error is NoSuchFile or NotAFolder or NoSystemCall or NotPermitted ? null : throw Failure(error);
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return new FileIdentity(
            Device: ((ulong)Read32(stat, 136) << 32) | Read32(stat, 140),
            Inode: BitConverter.ToUInt64(stat[32..]),
            IsRegular: (BitConverter.ToUInt16(stat[28..]) & 0xF000) == 0x8000,
            Links: Read32(stat, 16),
            Owner: Read32(stat, 20));

        static uint Read32(ReadOnlySpan<byte> bytes, int at) => BitConverter.ToUInt32(bytes[at..]);
    }

    private static T WithDescriptor<T>(SafeFileHandle handle, Func<int, T> work)
    {
        var isReferenced = false;
        try
        {
            handle.DangerousAddRef(ref isReferenced);
            return work((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (isReferenced)
                handle.DangerousRelease();
        }
    }

    private static Exception Failure(int error)
    {
        var message = Marshal.GetPInvokeErrorMessage(error);
        return error is AccessDenied or NotPermitted ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string target);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string path, string target);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int folder, string path, int targetFolder, string target, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renamex_np(string path, string target, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
