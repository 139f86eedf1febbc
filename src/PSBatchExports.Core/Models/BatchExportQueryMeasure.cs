namespace PSBatchExports;

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
