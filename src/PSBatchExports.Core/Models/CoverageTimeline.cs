namespace PSBatchExports;

/// <summary>The stretches of one export, in order, which a picture of them shows together.</summary>
/// <param name="Schedule">The schedule whose intervals they are.</param>
/// <param name="Stretches">The stretches.</param>
internal sealed record CoverageTimeline(ExportSchedule Schedule, IReadOnlyList<BatchExportCoverage> Stretches);
