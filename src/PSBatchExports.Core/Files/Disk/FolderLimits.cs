using System.Collections.Concurrent;

namespace PSBatchExports.Files.Disk;

/// <summary>What one call has learnt of the folders that it saves to. Used from several threads.</summary>
internal sealed class FolderLimits
{
    private readonly ConcurrentDictionary<string, bool> _sequential = new(StringComparer.Ordinal);

    /// <summary>Whether files are known to be written from front to back only there.</summary>
    public bool IsSequential(string folder) => _sequential.ContainsKey(folder);

    /// <summary>Keeps that they are.</summary>
    /// <returns>Whether that is new.</returns>
    public bool AddSequential(string folder) => _sequential.TryAdd(folder, true);
}
