using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// A run of a scheduled export (<see cref="BatchExportId"/> is set; docs/wire.md, section 11) or on demand (<see cref="BatchExportId"/> is
/// null; section 13). For an on-demand run the service returns only the fields of that section.
/// </summary>
public sealed record BatchExportRun : ServiceObject
{
    /// <summary>The run's UUID; null only if the service did not send it.</summary>
    [JsonPropertyName("id")]
    public string? RunId { get; init; }

    /// <summary>The scheduled export's UUID; null for on-demand runs.</summary>
    [JsonPropertyName("batch_export")]
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null for on-demand runs, and unless it is known without another request.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The on-demand export's UUID; null for scheduled runs, and if the service does not say.</summary>
    [JsonPropertyName("batch_export_on_demand")]
    public string? BatchExportOnDemandId { get; init; }

    /// <summary>The backfill that it belongs to; null for none.</summary>
    [JsonPropertyName("backfill")]
    public string? BackfillId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    [JsonIgnore]
    public int? ProjectId { get; init; }

    /// <summary>
    /// Starting, Running, Completed, Failed, FailedRetryable, FailedBilling, Cancelled, Terminated, TimedOut, or a status newer than this
    /// module.
    /// </summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>
    /// The start of the data, inclusive; null for the beginning of time, and for on-demand runs that this client did not start.
    /// </summary>
    [JsonPropertyName("data_interval_start")]
    public DateTimeOffset? DataIntervalStart { get; init; }

    /// <summary>The end of the data, exclusive; null for on-demand runs that this client did not start.</summary>
    [JsonPropertyName("data_interval_end")]
    public DateTimeOffset? DataIntervalEnd { get; init; }

    /// <summary>The ids of the files of a completed on-demand run, in the service's order; null while unknown.</summary>
    [JsonPropertyName("files")]
    public IReadOnlyList<string>? Files { get; init => field = NullGuard.RejectNulls(value); }

    /// <summary>The number of exported rows; null while unknown.</summary>
    [JsonPropertyName("records_completed")]
    public long? RecordsCompleted { get; init; }

    /// <summary>The number of failed rows; null while unknown.</summary>
    [JsonPropertyName("records_failed")]
    public long? RecordsFailed { get; init; }

    /// <summary>The total number of rows to export; null while unknown.</summary>
    [JsonPropertyName("records_total_count")]
    public long? RecordsTotalCount { get; init; }

    /// <summary>The number of exported bytes; null while unknown.</summary>
    [JsonPropertyName("bytes_exported")]
    public long? BytesExported { get; init; }

    /// <summary>The error; null for none.</summary>
    [JsonPropertyName("latest_error")]
    public string? LatestError { get; init; }

    /// <summary>The result in one line: why it failed, or files, rows, bytes and duration; null if nothing is known.</summary>
    [JsonIgnore]
    public string? Result => RunText.Result(this);

    /// <summary>Unused by the service.</summary>
    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }

    /// <summary>When it was created; null for on-demand runs that this client did not start.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it is running.</summary>
    [JsonPropertyName("finished_at")]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last changed; null for on-demand runs.</summary>
    [JsonPropertyName("last_updated_at")]
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>Whether it has ended, successfully or not. An unknown status counts as ended, so that no wait is endless.</summary>
    [JsonIgnore]
    public bool IsFinished => !RunStatus.IsActive(Status);

    internal bool IsFailed => RunStatus.IsFailure(Status);

    /// <summary>events, persons, sessions or hogql; null if it is unknown, because the service does not return it.</summary>
    [JsonIgnore]
    internal string? Model { get; init; }

    [JsonPropertyName("error"), JsonInclude]
    internal string? Error { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>The id.</summary>
    public override string ToString() => RunId ?? "";
}
