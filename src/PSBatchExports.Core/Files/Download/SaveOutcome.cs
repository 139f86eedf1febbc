namespace PSBatchExports;

/// <summary>What became of one file, or of a run as a whole. A run that found nothing to export has neither a file nor a failure.</summary>
/// <param name="RunId">The run.</param>
/// <param name="File">The file; null for the run as a whole.</param>
/// <param name="Saved">The saved file; null if it failed.</param>
/// <param name="Failure">Why the file could not be saved, or the run is not whole; null if nothing failed.</param>
/// <param name="KeptBytes">Bytes that are kept of a file that failed, from which the next call goes on; 0 for none.</param>
public sealed record SaveOutcome(string RunId, BatchExportFile? File, SavedBatchExportFile? Saved, Exception? Failure, long KeptBytes = 0);
