namespace PSBatchExports;

/// <summary>The files of a run to save.</summary>
/// <param name="List">The run's list of files.</param>
/// <param name="Files">The files to save; null for all, including those that the run lists later.</param>
public sealed record RunSelection(RunFileList List, IReadOnlyList<BatchExportFile>? Files = null);
