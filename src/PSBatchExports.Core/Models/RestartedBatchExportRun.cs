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
