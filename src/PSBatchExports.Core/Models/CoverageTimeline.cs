namespace PSBatchExports;

/// <summary>The stretches of one export, in order, which a picture of them shows together.</summary>
/// <param name="Interval">The interval of the export's schedule.</param>
/// <param name="Stretches">The stretches.</param>
internal sealed record CoverageTimeline(string Interval, IReadOnlyList<BatchExportCoverage> Stretches);
