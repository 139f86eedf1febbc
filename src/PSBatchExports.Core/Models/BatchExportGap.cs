namespace PSBatchExports;

/// <summary>How exactly a backfill fills a gap.</summary>
public enum GapExactness
{
    /// <summary>With the rows that the schedule would have exported.</summary>
    Exact,

    /// <summary>
    /// By the time of events instead of their arrival: without those that arrived late, and with some that later intervals have, too.
    /// </summary>
    ByEventTime,
}

/// <summary>Successive intervals of an export that lack data.</summary>
public sealed record BatchExportGap : BatchExportCoverage
{
    /// <summary>Why data is missing: the same as <see cref="BatchExportCoverage.State"/>.</summary>
    public BatchExportCoverageState Kind => State;

    /// <summary>How exactly a backfill would fill it if it ran now.</summary>
    public required GapExactness Exactness { get; init; }

    /// <summary>Why a backfill is exact or not, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// The number of rows that it probably lacks, by the average of the export's other intervals in the same window; null if there are none.
    /// </summary>
    public long? EstimatedRecords { get; init; }

    /// <inheritdoc />
    public override string ToString() => base.ToString();
}
