namespace PSBatchExports;

/// <summary>Says in words why the disk refused.</summary>
internal static class FileSystemErrors
{
    private const int LinuxNoSpace = 28;
    private const int LinuxReadOnly = 30;
    private const int LinuxQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException and not FileSaveException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Describe(path, failure);
        }
    }

    public static async ValueTask GuardAsync(string path, ValueTask work)
    {
        try
        {
            await work;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Describe(path, failure);
        }
    }

    private static FileSaveException Describe(string path, Exception failure) => failure switch
    {
        UnauthorizedAccessException => new($"'{path}' cannot be written: access is denied.", path, FileSaveFailure.NotWritable, failure),
        { HResult: LinuxReadOnly } => new($"'{path}' cannot be written: the file system is read-only.", path, FileSaveFailure.NotWritable, failure),
        { HResult: LinuxNoSpace or LinuxQuota or WindowsDiskFull or WindowsHandleDiskFull } => new($"There is no space left for '{path}'.", path, FileSaveFailure.DiskFull, failure),
        DirectoryNotFoundException or NotSupportedException or ArgumentException => new($"'{path}' cannot be a folder: {failure.Message}", path, FileSaveFailure.NotAFolder, failure),
        _ => new($"'{path}' cannot be written: {failure.Message}", path, FileSaveFailure.Other, failure),
    };
}
