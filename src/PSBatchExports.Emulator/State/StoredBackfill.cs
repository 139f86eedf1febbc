namespace PSBatchExports.Emulator;

/// <summary>A backfill. Its status depends on the time since its creation unless it is cancelled.</summary>
public sealed class StoredBackfill
{
    public required Guid Id { get; init; }

    public required Guid ExportId { get; init; }

    public required int ProjectId { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public int? TotalRuns { get; init; }

    /// <summary>Number of rows of all runs that do not fail.</summary>
    public long? TotalRecords { get; set; }

    /// <summary>When reads return the backfill; the service stores it shortly after the create call.</summary>
    public DateTimeOffset VisibleFrom { get; init; }

    public string? ForcedStatus { get; private set; }

    public DateTimeOffset? ForcedAt { get; private set; }

    public void Force(string status, DateTimeOffset at)
    {
        ForcedStatus = status;
        ForcedAt = at;
    }

    public string StatusAt(DateTimeOffset now) =>
        ForcedStatus ?? Progress(now) switch
        {
            < 0.1 => RunStatus.Starting,
            < 1 => RunStatus.Running,
            _ => RunStatus.Completed,
        };

    internal void RemoveRecords(long records) => TotalRecords -= records;

    internal double Progress(DateTimeOffset now) => Duration > TimeSpan.Zero ? Math.Min(1, (now - CreatedAt) / Duration) : 1;

    internal DateTimeOffset? FinishedAt(DateTimeOffset now) =>
        ForcedAt ?? (StatusAt(now) == RunStatus.Completed ? CreatedAt + Duration : null);
}
