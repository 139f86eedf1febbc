#pragma warning disable CA1032, CA1064 // Never leaves the download.
namespace PSBatchExports.Files.Disk;

/// <summary>A file system takes files from front to back only, as object storages do that are mounted without a cache.</summary>
internal sealed class SequentialOnlyException(string path, Exception refusal) : IOException($"'{path}' can be written from front to back only: {refusal.Message}", refusal);
