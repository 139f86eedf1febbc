using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// One execution: of a scheduled export (<see cref="BatchExportId"/> is set; docs/wire.md, section 11) or on demand
/// (<see cref="BatchExportId"/> is null; section 13). The service tells of an on-demand run only what that section lists.
/// </summary>
public sealed record BatchExportRun : ServiceObject
{
    /// <summary>The run's UUID.</summary>
    [JsonPropertyName("id")]
    public string? RunId { get; init; }

    /// <summary>The scheduled export it belongs to; null on demand.</summary>
    [JsonPropertyName("batch_export")]
    public string? BatchExportId { get; init; }

    /// <summary>That export's name; null on demand, and where it is not known without asking the service for it.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The on-demand export it belongs to; null for scheduled runs, and where the service does not say.</summary>
    [JsonPropertyName("batch_export_on_demand")]
    public string? BatchExportOnDemandId { get; init; }

    /// <summary>The backfill that made it; null for none.</summary>
    [JsonPropertyName("backfill")]
    public string? BackfillId { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    [JsonIgnore]
    public int? ProjectId { get; init; }

    /// <summary>Starting, Running, Completed, Failed, FailedRetryable, FailedBilling, Cancelled, Terminated, TimedOut, or a status newer than this module.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Start of the data, inclusive; null from the beginning of time, and for on-demand runs read back from the service.</summary>
    [JsonPropertyName("data_interval_start")]
    public DateTimeOffset? DataIntervalStart { get; init; }

    /// <summary>End of the data, exclusive.</summary>
    [JsonPropertyName("data_interval_end")]
    public DateTimeOffset? DataIntervalEnd { get; init; }

    /// <summary>Ids of the files of a completed on-demand run, in the service's order; null while unknown.</summary>
    [JsonPropertyName("files")]
    public IReadOnlyList<string>? Files { get; init => field = NullGuard.RejectNulls(value); }

    /// <summary>Rows exported; null while unknown.</summary>
    [JsonPropertyName("records_completed")]
    public long? RecordsCompleted { get; init; }

    /// <summary>Rows that failed; null while unknown.</summary>
    [JsonPropertyName("records_failed")]
    public long? RecordsFailed { get; init; }

    /// <summary>Rows found to export; null while unknown.</summary>
    [JsonPropertyName("records_total_count")]
    public long? RecordsTotalCount { get; init; }

    /// <summary>Bytes exported; null while unknown.</summary>
    [JsonPropertyName("bytes_exported")]
    public long? BytesExported { get; init; }

    /// <summary>Why it failed; null where nothing is recorded.</summary>
    [JsonPropertyName("latest_error")]
    public string? LatestError { get; init; }

    /// <summary>What came of it, in one line: why it did not complete, else files, rows, bytes and time taken; null where nothing is known.</summary>
    [JsonIgnore]
    public string? Result => RunText.Result(this);

    /// <summary>Unused by the service.</summary>
    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }

    /// <summary>When the run was made; null for on-demand runs that were not started over this connection.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    [JsonPropertyName("finished_at")]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last changed.</summary>
    [JsonPropertyName("last_updated_at")]
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>Whether it has ended, well or not. An unknown status counts as ended, so that nothing waits for ever.</summary>
    [JsonIgnore]
    public bool IsFinished => !RunStatus.IsActive(Status);

    internal bool IsFailed => RunStatus.IsFailure(Status);

    [JsonPropertyName("error"), JsonInclude]
    internal string? Error { get; init; }

    /// <summary>Fields of the answer that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>The id.</summary>
    public override string ToString() => RunId ?? "";
}
