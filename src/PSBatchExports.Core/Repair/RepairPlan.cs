namespace PSBatchExports;

/// <summary>A range to export again with one backfill.</summary>
/// <param name="Range">The time.</param>
/// <param name="Intervals">The number of intervals.</param>
/// <param name="Exactness">How exactly it fills the gap.</param>
/// <param name="EstimatedRecords">The number of rows that it will probably export; null if unknown.</param>
/// <param name="IsCanary">Whether it is the interval that goes first.</param>
public sealed record RepairRange(TimeRange Range, int Intervals, string Exactness, long? EstimatedRecords, bool IsCanary);

/// <summary>Time of a gap that is not exported again, because it is or will be without that.</summary>
/// <param name="Range">The time.</param>
/// <param name="State">What became of it: Running or Late.</param>
public sealed record RepairRefusal(TimeRange Range, string State);

/// <summary>What to do about the gaps of one export, by what the service says now.</summary>
/// <param name="Scope">The project.</param>
/// <param name="Export">The export.</param>
public sealed record RepairPlan(ApiScope Scope, BatchExport Export)
{
    /// <summary>The ranges to export again, in order.</summary>
    public required IReadOnlyList<RepairRange> Ranges { get; init; }

    /// <summary>The time that is being exported, or still may be, without that.</summary>
    public required IReadOnlyList<RepairRefusal> Refused { get; init; }

    /// <summary>The gaps that it fills.</summary>
    internal IReadOnlyList<BatchExportGap> Gaps { get; init; } = [];

    /// <summary>The number of rows of all ranges; null if it is unknown for one of them.</summary>
    public long? EstimatedRecords =>
        Ranges.Any(range => range.EstimatedRecords is null) ? null : Ranges.Sum(range => range.EstimatedRecords);
}
