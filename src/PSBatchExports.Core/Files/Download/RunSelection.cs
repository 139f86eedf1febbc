namespace PSBatchExports;

/// <summary>What is to be saved of a run.</summary>
/// <param name="List">The files that it lists.</param>
/// <param name="Files">Those to save; null for all, whatever it lists by then.</param>
public sealed record RunSelection(RunFileList List, IReadOnlyList<BatchExportFile>? Files = null);
