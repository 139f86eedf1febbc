using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A backfill: a scheduled export run over a span of the past (docs/wire.md, section 12).</summary>
public sealed record BatchExportBackfill : ServiceObject
{
    /// <summary>The backfill's UUID.</summary>
    [JsonPropertyName("id")]
    public string? BackfillId { get; init; }

    /// <summary>The export.</summary>
    [JsonPropertyName("batch_export")]
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null where it is not known without asking the service for it.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The project; null where neither the answer nor the request named it by number.</summary>
    [JsonPropertyName("team")]
    public int? ProjectId { get; init; }

    /// <summary>Starting, Running, Completed, Failed, FailedRetryable, Cancelled, Terminated, TimedOut, or a status newer than this module.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Start, inclusive; null from the beginning of time.</summary>
    [JsonPropertyName("start_at")]
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>End, exclusive.</summary>
    [JsonPropertyName("end_at")]
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Where the data really begins; null where the server does not say.</summary>
    [JsonPropertyName("adjusted_start_at")]
    public DateTimeOffset? AdjustedStartAt { get; init; }

    /// <summary>Rows of all its runs; null while unknown.</summary>
    [JsonPropertyName("total_records_count")]
    public long? TotalRecordsCount { get; init; }

    /// <summary>How far it is; null for backfills that ended otherwise than well, and while the total is unknown.</summary>
    [JsonPropertyName("progress")]
    public BatchExportBackfillProgress? Progress { get; init; }

    /// <summary>When it was made.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    [JsonPropertyName("finished_at")]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last changed.</summary>
    [JsonPropertyName("last_updated_at")]
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>Whether it has ended, well or not.</summary>
    [JsonIgnore]
    public bool IsFinished => !RunStatus.IsActive(Status);

    /// <summary>Fields of the answer that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>The id.</summary>
    public override string ToString() => BackfillId ?? "";
}

/// <summary>How far a backfill is. One that is further is greater.</summary>
#pragma warning disable CA1036, MA0097 // It is comparable for sorting; operators would invite to ask which backfill is less.
public sealed record BatchExportBackfillProgress : IComparable
#pragma warning restore CA1036, MA0097
{
    /// <summary>Runs in all; null while unknown.</summary>
    [JsonPropertyName("total_runs")]
    public int? TotalRuns { get; init; }

    /// <summary>Runs that have ended; null while unknown.</summary>
    [JsonPropertyName("finished_runs")]
    public int? FinishedRuns { get; init; }

    /// <summary>From 0 to 1, in tenths; null while unknown.</summary>
    [JsonPropertyName("progress")]
    public double? Progress { get; init; }

    /// <inheritdoc />
    public int CompareTo(object? obj) => obj is BatchExportBackfillProgress other ? Nullable.Compare(Share, other.Share) : 1;

    private double? Share => TotalRuns is > 0 and var total ? (double)(FinishedRuns ?? 0) / total : Progress;

    /// <summary>"3 of 10 runs", or a percentage where the counts are unknown.</summary>
    public override string ToString() =>
        TotalRuns is { } total ? FormattableString.Invariant($"{FinishedRuns ?? 0} of {total} runs")
        : Progress is { } share ? FormattableString.Invariant($"{share * 100:0} %")
        : "";
}
