namespace PSBatchExports;

/// <summary>A run whose interval is exported again.</summary>
public sealed record RestartedBatchExportRun : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The UUID of the original run, which is not changed.</summary>
    public required string RestartedRunId { get; init; }

    /// <summary>
    /// The name of the new backfill's workflow, which is all that the service returns; it is accepted as the backfill's id.
    /// </summary>
    public required string BackfillId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The backfill's id.</summary>
    public override string ToString() => BackfillId;
}

/// <summary>A backfill that was started.</summary>
public sealed record StartedBatchExportBackfill : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The backfill's UUID; from older servers the name of its workflow.</summary>
    public required string BackfillId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The backfill's id.</summary>
    public override string ToString() => BackfillId;
}

/// <summary>How many rows a query would export.</summary>
public sealed record BatchExportQueryMeasure : ServiceObject
{
    /// <summary>The number of rows.</summary>
    public required long Count { get; init; }

    /// <summary>The HogQL query.</summary>
    public required string HogQLQuery { get; init; }

    /// <summary>The value of {data_interval_start}; null if none was given.</summary>
    public DateTimeOffset? DataIntervalStart { get; init; }

    /// <summary>The value of {data_interval_end}; null if none was given.</summary>
    public DateTimeOffset? DataIntervalEnd { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }
}
