namespace PSBatchExports;

/// <summary>A run that is exported again.</summary>
public sealed record RestartedBatchExportRun : ServiceObject
{
    /// <summary>The export.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The run whose interval is exported again. It stays as it is.</summary>
    public required string RestartedRunId { get; init; }

    /// <summary>The name of the backfill's workflow, which is all that the service tells; the backfill is found by it in the export's list.</summary>
    public required string BackfillId { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The backfill.</summary>
    public override string ToString() => BackfillId;
}

/// <summary>A backfill that was started.</summary>
public sealed record StartedBatchExportBackfill : ServiceObject
{
    /// <summary>The export.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The backfill's UUID; from older servers the name of its workflow.</summary>
    public required string BackfillId { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The backfill.</summary>
    public override string ToString() => BackfillId;
}

/// <summary>How many rows a query would export.</summary>
public sealed record BatchExportQueryMeasure : ServiceObject
{
    /// <summary>Rows.</summary>
    public required long Count { get; init; }

    /// <summary>The query.</summary>
    public required string HogQLQuery { get; init; }

    /// <summary>Value of {data_interval_start}; null where none was given.</summary>
    public DateTimeOffset? DataIntervalStart { get; init; }

    /// <summary>Value of {data_interval_end}; null where none was given.</summary>
    public DateTimeOffset? DataIntervalEnd { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }
}
