using System.Text.Json;
using PSBatchExports.Compact;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// A run of a scheduled export (<see cref="BatchExportId"/> is set; docs/wire.md, section 11) or on demand (<see cref="BatchExportId"/> is
/// null; section 13). For an on-demand run the service returns only the fields of that section.
/// </summary>
public sealed record BatchExportRun : ServiceObject
{
    private readonly Dictionary<string, JsonElement>? _unknown;
    private readonly Uuid _runId;
    private readonly UtcTime _dataIntervalStart;
    private readonly UtcTime _dataIntervalEnd;
    private readonly UtcTime _createdAt;
    private readonly UtcTime _finishedAt;
    private readonly UtcTime _lastUpdatedAt;
    private readonly Count _recordsCompleted;
    private readonly Count _recordsFailed;
    private readonly Count _recordsTotalCount;
    private readonly Count _bytesExported;

    /// <summary>An object without any field.</summary>
    public BatchExportRun()
    {
    }

    private BatchExportRun(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "id": RunId = json.Text(); break;
                case "batch_export": BatchExportId = json.Shared(); break;
                case "batch_export_on_demand": BatchExportOnDemandId = json.Shared(); break;
                case "backfill": BackfillId = json.Shared(); break;
                case "status": Status = json.Shared(); break;
                case "data_interval_start": DataIntervalStart = json.Time(); break;
                case "data_interval_end": DataIntervalEnd = json.Time(); break;
                case "files": Files = json.Texts(); break;
                case "records_completed": RecordsCompleted = json.Long(); break;
                case "records_failed": RecordsFailed = json.Long(); break;
                case "records_total_count": RecordsTotalCount = json.Long(); break;
                case "bytes_exported": BytesExported = json.Long(); break;
                case "latest_error": LatestError = json.Text(); break;
                case "cursor": Cursor = json.Text(); break;
                case "created_at": CreatedAt = json.Time(); break;
                case "finished_at": FinishedAt = json.Time(); break;
                case "last_updated_at": LastUpdatedAt = json.Time(); break;
                case "error": Error = json.Text(); break;
                default: json.Keep(name, ref _unknown); break;
            }
        }
    }

    internal static BatchExportRun Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The run's UUID; null only if the service did not send it.</summary>
    public string? RunId
    {
        get => _runId.Text;
        init => _runId = new(value);
    }

    /// <summary>The scheduled export's UUID; null for on-demand runs.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null for on-demand runs, and unless it is known without another request.</summary>
    public string? BatchExportName { get; init; }

    /// <summary>The on-demand export's UUID; null for scheduled runs, and if the service does not say.</summary>
    public string? BatchExportOnDemandId { get; init; }

    /// <summary>The backfill that it belongs to; null for none.</summary>
    public string? BackfillId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>
    /// Starting, Running, Completed, Failed, FailedRetryable, FailedBilling, Cancelled, Terminated, TimedOut, or a status newer than this
    /// module.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>
    /// The start of the data, inclusive; null for the beginning of time, and for on-demand runs that this client did not start.
    /// </summary>
    public DateTimeOffset? DataIntervalStart
    {
        get => _dataIntervalStart.Value;
        init => _dataIntervalStart = new(value);
    }

    /// <summary>The end of the data, exclusive; null for on-demand runs that this client did not start.</summary>
    public DateTimeOffset? DataIntervalEnd
    {
        get => _dataIntervalEnd.Value;
        init => _dataIntervalEnd = new(value);
    }

    /// <summary>The ids of the files of a completed on-demand run, in the service's order; null while unknown.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>The number of exported rows; null while unknown.</summary>
    public long? RecordsCompleted
    {
        get => _recordsCompleted.Value;
        init => _recordsCompleted = new(value);
    }

    /// <summary>The number of failed rows; null while unknown.</summary>
    public long? RecordsFailed
    {
        get => _recordsFailed.Value;
        init => _recordsFailed = new(value);
    }

    /// <summary>The total number of rows to export; null while unknown.</summary>
    public long? RecordsTotalCount
    {
        get => _recordsTotalCount.Value;
        init => _recordsTotalCount = new(value);
    }

    /// <summary>The number of exported bytes; null while unknown.</summary>
    public long? BytesExported
    {
        get => _bytesExported.Value;
        init => _bytesExported = new(value);
    }

    /// <summary>The error; null for none.</summary>
    public string? LatestError { get; init; }

    /// <summary>The result in one line: why it failed, or files, rows, bytes and duration; null if nothing is known.</summary>
    public string? Result => RunText.Result(this);

    /// <summary>Unused by the service.</summary>
    public string? Cursor { get; init; }

    /// <summary>When it was created; null for on-demand runs that this client did not start.</summary>
    public DateTimeOffset? CreatedAt
    {
        get => _createdAt.Value;
        init => _createdAt = new(value);
    }

    /// <summary>When it ended; null while it is running.</summary>
    public DateTimeOffset? FinishedAt
    {
        get => _finishedAt.Value;
        init => _finishedAt = new(value);
    }

    /// <summary>When it last changed; null for on-demand runs.</summary>
    public DateTimeOffset? LastUpdatedAt
    {
        get => _lastUpdatedAt.Value;
        init => _lastUpdatedAt = new(value);
    }

    /// <summary>Whether it has ended, successfully or not. An unknown status counts as ended, so that no wait is endless.</summary>
    public bool IsFinished => !RunStatus.IsActive(Status);

    internal bool IsFailed => RunStatus.IsFailure(Status);

    /// <summary>events, persons, sessions or hogql; null if it is unknown, because the service does not return it.</summary>
    internal string? Model { get; init; }

    internal string? Error { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(_unknown);

    /// <summary>The id.</summary>
    public override string ToString() => RunId ?? "";
}
