#pragma warning disable CA1032, CA1064 // Never leaves the download.
namespace PSBatchExports.Files.Disk;

/// <summary>The file system takes sequential writes only, such as object storage that is mounted without a cache.</summary>
internal sealed class SequentialOnlyException(string path, Exception refusal)
    : IOException($"'{path}' can only be written sequentially: {refusal.Message}", refusal);
