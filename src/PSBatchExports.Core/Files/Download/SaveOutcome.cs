namespace PSBatchExports;

/// <summary>The outcome of one file, or of a run as a whole. A run that exported nothing has neither a file nor a failure.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="File">The file; null for the run as a whole.</param>
/// <param name="Saved">The saved file; null if it could not be saved.</param>
/// <param name="Failure">Why the file could not be saved or the run is incomplete; null if nothing failed.</param>
/// <param name="KeptBytes">The number of bytes of a failed file that the next call need not fetch again; 0 for none.</param>
public sealed record SaveOutcome(string RunId, BatchExportFile? File, SavedBatchExportFile? Saved, Exception? Failure, long KeptBytes = 0);
