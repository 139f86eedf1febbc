namespace PSBatchExports;

/// <summary>The progress of a file's download.</summary>
/// <param name="FileId">The file's id.</param>
/// <param name="Name">The name that it is saved under.</param>
/// <param name="Bytes">The number of bytes downloaded so far, including those of an interrupted download that it resumes.</param>
/// <param name="Length">The file's length in bytes; null if the storage does not say.</param>
public readonly record struct DownloadProgress(string FileId, string Name, long Bytes, long? Length);
