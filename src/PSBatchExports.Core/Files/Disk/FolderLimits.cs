using System.Collections.Concurrent;

namespace PSBatchExports.Files.Disk;

/// <summary>Remembers, for one call, which folders take sequential writes only. Thread-safe.</summary>
internal sealed class FolderLimits
{
    private readonly ConcurrentDictionary<string, bool> _sequential = new(StringComparer.Ordinal);

    public bool IsSequential(string folder) => _sequential.ContainsKey(folder);

    /// <returns>Whether the folder was not known before.</returns>
    public bool AddSequential(string folder) => _sequential.TryAdd(folder, true);
}
