namespace PSBatchExports.Emulator;

/// <summary>A run of a scheduled export.</summary>
public sealed class ScheduledRun
{
    public required Guid Id { get; init; }

    public required Guid ExportId { get; init; }

    public Guid? BackfillId { get; init; }

    public DateTimeOffset? DataIntervalStart { get; init; }

    public required DateTimeOffset DataIntervalEnd { get; init; }

    public required string Status { get; set; }

    public long? RecordsCompleted { get; set; }

    public long? RecordsFailed { get; set; }

    public long? RecordsTotalCount { get; set; }

    public long? BytesExported { get; set; }

    public string? LatestError { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public required DateTimeOffset LastUpdatedAt { get; set; }

    /// <summary>When an active run completes; null for never.</summary>
    public DateTimeOffset? CompletesAt { get; set; }

    /// <summary>The error that an active run ends with; null if it completes.</summary>
    public string? FailsWith { get; set; }

    /// <summary>Number of rows that the run exports.</summary>
    public long ExpectedRecords { get; init; }

    /// <summary>The workflow execution that logs of the run name; not the run's id.</summary>
    internal Guid InstanceId
    {
        get
        {
            var bytes = Id.ToByteArray();
            bytes.AsSpan(8).Reverse();
            return new Guid(bytes);
        }
    }

    internal void Finish(string status, DateTimeOffset at, string? error = null)
    {
        Status = status;
        LatestError = error;
        FinishedAt = at;
        LastUpdatedAt = at;
        CompletesAt = null;
        if (status != RunStatus.Completed)
            return;

        RecordsCompleted = ExpectedRecords;
        RecordsTotalCount = ExpectedRecords;
        RecordsFailed = 0;
        BytesExported = ExpectedRecords * 400;
    }
}
