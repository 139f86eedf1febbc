namespace PSBatchExports;

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
