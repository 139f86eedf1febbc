namespace PSBatchExports.Manifests;

/// <summary>The files of one run.</summary>
/// <param name="RunId">The run's UUID.</param>
/// <param name="Start">Start of the data, inclusive; null if the names do not show it.</param>
/// <param name="End">End of the data, exclusive; null if the names do not show it.</param>
/// <param name="Records">The number of rows that the files should have together; null if it is unknown.</param>
/// <param name="Files">The files.</param>
internal sealed record ManifestRun(
    string RunId, DateTimeOffset? Start, DateTimeOffset? End, long? Records, IReadOnlyList<ManifestFile> Files);
