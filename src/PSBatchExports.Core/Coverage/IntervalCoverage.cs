namespace PSBatchExports.Coverage;

/// <summary>What became of one interval.</summary>
/// <param name="Range">The interval.</param>
/// <param name="State">Its state.</param>
/// <param name="Records">The number of exported rows; null if unknown, and if nothing was exported.</param>
/// <param name="LatestError">Why it is not exported; null if it is, or if no run failed.</param>
internal readonly record struct IntervalCoverage(
    TimeRange Range, string State, long? Records = null, string? LatestError = null)
{
    /// <summary>Whether the data of the interval is at the destination.</summary>
    public bool IsCovered => IsCoveredBy(State);

    /// <summary>Whether the data of intervals in a state is at the destination.</summary>
    public static bool IsCoveredBy(string state) =>
        state is BatchExportCoverageState.Covered or BatchExportCoverageState.Empty or BatchExportCoverageState.Repeated;
}
