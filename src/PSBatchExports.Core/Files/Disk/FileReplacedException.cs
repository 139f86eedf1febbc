namespace PSBatchExports.Files.Disk;

/// <summary>Another program deleted or replaced a file while it was being written.</summary>
internal sealed class FileReplacedException(string path)
    : IOException($"'{path}' was deleted or replaced by another program while it was being written.");
