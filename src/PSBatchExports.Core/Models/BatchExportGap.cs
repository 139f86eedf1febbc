namespace PSBatchExports;

/// <summary>How exactly a backfill fills a gap. Strings, so that they survive JSON, jobs and other sessions.</summary>
public static class GapExactness
{
    /// <summary>With the rows that the schedule would have exported.</summary>
    public const string Exact = nameof(Exact);

    /// <summary>By the time of events, not of their arrival: without late ones, and with some that later intervals have, too.</summary>
    public const string ByEventTime = nameof(ByEventTime);
}

/// <summary>Successive intervals of an export that lack data.</summary>
public sealed record BatchExportGap : BatchExportCoverage
{
    /// <summary>Why data is missing: the same as <see cref="BatchExportCoverage.State"/>.</summary>
    public string Kind => State;

    /// <summary>How exactly a backfill would fill it if it ran now.</summary>
    public required string Exactness { get; init; }

    /// <summary>Why a backfill is exact or not, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// The number of rows that it probably lacks, by the average of the export's other intervals in the window; null if there are none.
    /// </summary>
    public long? EstimatedRecords { get; init; }

    /// <inheritdoc />
    public override string ToString() => base.ToString();
}
