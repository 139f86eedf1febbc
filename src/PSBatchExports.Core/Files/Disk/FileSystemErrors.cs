namespace PSBatchExports.Files.Disk;

/// <summary>Classifies and describes errors of the file system.</summary>
internal static class FileSystemErrors
{
    /// <summary>ENOSPC: the disk is full.</summary>
    public const int NoSpace = 28;

    /// <summary>EFBIG: the file is too large for its file system.</summary>
    public const int TooLarge = 27;

    private const int NotPermitted = 1;
    private const int BadDescriptor = 9;
    private const int AccessDenied = 13;
    private const int InvalidArgument = 22;
    private const int IllegalSeek = 29;
    private const int LinuxNoSystemCall = 38;
    private const int LinuxNotSupported = 95;
    private const int MacNotSupported = 45;
    private const int MacNoSystemCall = 78;
    private const int MacOperationNotSupported = 102;
    private const int WindowsInvalidFunction = unchecked((int)0x80070001);
    private const int WindowsIllegalSeek = unchecked((int)0x80070019);
    private const int WindowsNotSupported = unchecked((int)0x80070032);
    private const int WindowsInvalidParameter = unchecked((int)0x80070057);
    private const int LinuxReadOnly = 30;
    private const int LinuxQuota = 122;
    private const int LinuxInUse = 11;
    private const int MacInUse = 35;
    private const int WindowsInUse = unchecked((int)0x80070020);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether the file system failed, as opposed to the network or this module.</summary>
    public static bool IsDiskFailure(Exception failure) =>
        failure is IOException and not FileSaveException or UnauthorizedAccessException;

    /// <summary>Whether the file system does not support an operation, as opposed to failing at it.</summary>
    public static bool IsLimit(Exception? failure) => failure switch
    {
        SequentialOnlyException or UnauthorizedAccessException or NotSupportedException => true,
        IOException
        {
            HResult: NotPermitted or BadDescriptor or AccessDenied or InvalidArgument or IllegalSeek
                or LinuxNoSystemCall or LinuxNotSupported
                or MacNotSupported or MacNoSystemCall or MacOperationNotSupported
                or WindowsInvalidFunction or WindowsIllegalSeek or WindowsNotSupported or WindowsInvalidParameter
        } => true,
        _ => false,
    };

    /// <summary>Whether another process has the file open.</summary>
    public static bool IsInUse(IOException failure) => failure.HResult is LinuxInUse or MacInUse or WindowsInUse;

    public static IOException InUse(string path) =>
        new($"'{path}' is in use.", OperatingSystem.IsWindows() ? WindowsInUse : LinuxInUse);

    public static FileSaveException AlreadyExists(string path) =>
        new($"'{path}' already exists.", path, FileSaveFailure.Exists);

    /// <summary>Runs work on a file and turns its failures into <see cref="FileSaveException"/>.</summary>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (IsDescribable(failure))
        {
            throw Describe(path, failure);
        }
    }

    public static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });

    /// <summary>Creates a folder to save files to.</summary>
    public static void CreateFolder(IDisk disk, string path)
    {
        try
        {
            Guard(path, () => disk.CreateFolder(path));
        }
        catch (FileSaveException failure) when (failure.InnerException is DirectoryNotFoundException missing)
        {
            throw NotAFolder(path, missing);
        }
    }

    public static FileSaveException Describe(string path, Exception failure) => failure switch
    {
        UnauthorizedAccessException =>
            new($"'{path}' cannot be written: access is denied.", path, FileSaveFailure.NotWritable, failure),
        { HResult: LinuxReadOnly } =>
            new($"'{path}' cannot be written: the file system is read-only.", path, FileSaveFailure.NotWritable, failure),
        { HResult: NoSpace or LinuxQuota or WindowsDiskFull or WindowsHandleDiskFull } =>
            new($"There is no space left for '{path}'.", path, FileSaveFailure.DiskFull, failure),
        { HResult: LinuxInUse or MacInUse or WindowsInUse } =>
            new($"'{path}' is being saved by another command.", path, FileSaveFailure.InUse, failure),
        { HResult: TooLarge } =>
            new($"'{path}' is too large for the file system.", path, FileSaveFailure.Other, failure),
        DirectoryNotFoundException =>
            new($"'{path}' cannot be written: its folder no longer exists.", path, FileSaveFailure.Other, failure),
        NotSupportedException or ArgumentException => NotAFolder(path, failure),
        _ => new($"'{path}' cannot be written: {failure.Message}", path, FileSaveFailure.Other, failure),
    };

    private static bool IsDescribable(Exception failure) =>
        failure is not SequentialOnlyException && (IsDiskFailure(failure) || failure is NotSupportedException or ArgumentException);

    private static FileSaveException NotAFolder(string path, Exception failure) =>
        new($"'{path}' cannot be a folder: {failure.Message}", path, FileSaveFailure.NotAFolder, failure);
}
