using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A backfill: a scheduled export of past data (docs/wire.md, section 12).</summary>
public sealed record BatchExportBackfill : ServiceObject
{
    /// <summary>The backfill's UUID; null only if the service did not send it.</summary>
    [JsonPropertyName("id")]
    public string? BackfillId { get; init; }

    /// <summary>The export's UUID.</summary>
    [JsonPropertyName("batch_export")]
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null unless it is known without another request.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    [JsonPropertyName("team")]
    public int? ProjectId { get; init; }

    /// <summary>
    /// Starting, Running, Completed, Failed, FailedRetryable, Cancelled, Terminated, TimedOut, or a status newer than this module.
    /// </summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>The start of the data, inclusive; null for the beginning of time.</summary>
    [JsonPropertyName("start_at")]
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>The end of the data, exclusive; null if it was created without one.</summary>
    [JsonPropertyName("end_at")]
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Where the data really begins; null if the server does not say.</summary>
    [JsonPropertyName("adjusted_start_at")]
    public DateTimeOffset? AdjustedStartAt { get; init; }

    /// <summary>The number of rows of all its runs; null while unknown.</summary>
    [JsonPropertyName("total_records_count")]
    public long? TotalRecordsCount { get; init; }

    /// <summary>The progress; null while the total is unknown, and if the backfill ended without success.</summary>
    [JsonPropertyName("progress")]
    public BatchExportBackfillProgress? Progress { get; init; }

    /// <summary>When it was created.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it is running.</summary>
    [JsonPropertyName("finished_at")]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last changed.</summary>
    [JsonPropertyName("last_updated_at")]
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>Whether it has ended, successfully or not.</summary>
    [JsonIgnore]
    public bool IsFinished => !RunStatus.IsActive(Status);

    internal bool HadNoRows => Status == RunStatus.Completed && TotalRecordsCount == 0;

    /// <summary>The fields of the response that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>The id.</summary>
    public override string ToString() => BackfillId ?? "";
}

/// <summary>The progress of a backfill. It sorts by the finished share.</summary>
#pragma warning disable CA1036, MA0097 // Comparable for sorting only; operators would have no meaning.
public sealed record BatchExportBackfillProgress : IComparable
#pragma warning restore CA1036, MA0097
{
    /// <summary>The total number of runs; null while unknown.</summary>
    [JsonPropertyName("total_runs")]
    public int? TotalRuns { get; init; }

    /// <summary>The number of runs that have ended; null while unknown.</summary>
    [JsonPropertyName("finished_runs")]
    public int? FinishedRuns { get; init; }

    /// <summary>The share from 0 to 1, rounded to tenths; null while unknown.</summary>
    [JsonPropertyName("progress")]
    public double? Progress { get; init; }

    /// <inheritdoc />
    public int CompareTo(object? obj) => obj is BatchExportBackfillProgress other ? Nullable.Compare(Share, other.Share) : 1;

    private double? Share => TotalRuns is > 0 and var total ? (double)(FinishedRuns ?? 0) / total : Progress;

    /// <summary>"3 of 10 runs", or a percentage if the counts are unknown.</summary>
    public override string ToString() =>
        TotalRuns is { } total ? FormattableString.Invariant($"{FinishedRuns ?? 0} of {total} runs")
        : Progress is { } share ? FormattableString.Invariant($"{share * 100:0} %")
        : "";
}
