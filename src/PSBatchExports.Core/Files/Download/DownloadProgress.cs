namespace PSBatchExports;

/// <summary>How far a file's download is.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Name">The name under which it is saved.</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="Length">Bytes in all; null where the storage does not say.</param>
public readonly record struct DownloadProgress(string FileId, string Name, long Bytes, long? Length);
