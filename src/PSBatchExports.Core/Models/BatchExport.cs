using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>A scheduled batch export (docs/wire.md, section 6). Fields that the server did not send are null.</summary>
public sealed record BatchExport : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    [JsonPropertyName("id"), JsonRequired]
    public string? Id { get; init; }

    /// <summary>The same as <see cref="Id"/>, under the name that runs, backfills and log entries have for it.</summary>
    [JsonIgnore]
    public string? BatchExportId => Id;

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    [JsonPropertyName("team_id")]
    public int? ProjectId { get; init; }

    /// <summary>The name, which need not be unique.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What is exported: events, persons, sessions, hogql or a model newer than this module.</summary>
    [JsonPropertyName("model")]
    public string? Model { get; init; }

    /// <summary>The destination.</summary>
    [JsonPropertyName("destination")]
    public BatchExportDestination? Destination { get; init; }

    /// <summary>How often it runs: hour, day, week, "every 15 minutes" or "every 5 minutes" (section 7).</summary>
    [JsonPropertyName("interval")]
    public string? Interval { get; init; }

    /// <summary>The interval in short: hour, day, week, "15 min", "5 min".</summary>
    [JsonIgnore]
    public string? Every => DisplayText.Line(Interval)
        ?.Replace("every ", "", StringComparison.Ordinal)
        .Replace(" minutes", " min", StringComparison.Ordinal);

    /// <summary>Whether the schedule is paused.</summary>
    [JsonPropertyName("paused")]
    public bool Paused { get; init; }

    /// <summary>When it was read: Paused, Ended (after <see cref="EndAt"/>), Failing (the newest finished run failed) or Active.</summary>
    [JsonIgnore]
    public string Status =>
        Paused ? "Paused"
        : EndAt <= ReadAt ? "Ended"
        : LastFailure is not null ? "Failing"
        : "Active";

    /// <summary>Why the newest finished run failed, in one line; null if it did not fail.</summary>
    [JsonIgnore]
    public string? Error => LastFailure is { } run ? RunText.Reason(run) ?? DisplayText.Line(run.Status) : null;

    /// <summary>When it was created.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [JsonPropertyName("last_updated_at")]
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>When it was last paused; null if never.</summary>
    [JsonPropertyName("last_paused_at")]
    public DateTimeOffset? LastPausedAt { get; init; }

    /// <summary>No runs before this time; null for no bound.</summary>
    [JsonPropertyName("start_at")]
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>No runs after this time; null for no bound.</summary>
    [JsonPropertyName("end_at")]
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>The newest runs, at most ten, newest first.</summary>
    [JsonPropertyName("latest_runs")]
    public IReadOnlyList<BatchExportRun>? LatestRuns { get; init => field = NullGuard.RejectNulls(value); }

    /// <summary>The newest run; null for none.</summary>
    [JsonIgnore]
    public BatchExportRun? LastRun => LatestRuns is [var newest, ..] ? newest : null;

    /// <summary>When the newest run ended, or started if it is still running; null for no run.</summary>
    [JsonIgnore]
    public DateTimeOffset? LastRunAt => LastRun is { } run ? run.FinishedAt ?? run.CreatedAt ?? run.LastUpdatedAt : null;

    /// <summary>The HogQL query; null for other models.</summary>
    [JsonPropertyName("hogql_query")]
    public string? HogQLQuery { get; init; }

    /// <summary>The modifiers of the HogQL query; null for none.</summary>
    [JsonPropertyName("hogql_modifiers"), JsonConverter(typeof(PlainValueConverter))]
    public object? HogQLModifiers { get; init; }

    /// <summary>The key columns of the query's result; null for other models.</summary>
    [JsonPropertyName("primary_key")]
    public IReadOnlyList<string>? PrimaryKey { get; init => field = NullGuard.RejectNulls(value); }

    /// <summary>The version columns of the query's result; null for other models.</summary>
    [JsonPropertyName("version_key")]
    public IReadOnlyList<string>? VersionKey { get; init => field = NullGuard.RejectNulls(value); }

    /// <summary>How rows are written: APPEND or MERGE.</summary>
    [JsonPropertyName("incremental_mode")]
    public string? IncrementalMode { get; init; }

    /// <summary>The schema of a legacy custom events query; otherwise null.</summary>
    [JsonPropertyName("schema"), JsonConverter(typeof(PlainValueConverter))]
    public object? Schema { get; init; }

    /// <summary>The property filters of the events model; null for all events.</summary>
    [JsonPropertyName("filters"), JsonConverter(typeof(PlainValueConverter))]
    public object? Filters { get; init; }

    /// <summary>The IANA name of the time zone in which days and weeks begin.</summary>
    [JsonPropertyName("timezone")]
    public string? TimeZone { get; init; }

    /// <summary>The day on which a week begins; null unless the interval is week.</summary>
    [JsonPropertyName("offset_day")]
    public DayOfWeek? OffsetDay { get; init; }

    /// <summary>The hour at which a day begins, 0 to 23; null unless the interval is day or week.</summary>
    [JsonPropertyName("offset_hour")]
    public int? OffsetHour { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    /// <summary>The service that it was read from.</summary>
    [JsonIgnore]
    public string? ApiHost { get; init; }

    /// <summary>When it was read, by the service's clock; null if it was not read from the service.</summary>
    [JsonIgnore]
    internal DateTimeOffset? ReadAt { get; init; }

    private BatchExportRun? LastFailure =>
        LatestRuns?.FirstOrDefault(run => run.IsFinished) is { IsFailed: true } run ? run : null;

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>Whether it was read from the service at a time or later.</summary>
    /// <param name="time">The time, by the service's clock.</param>
    public bool WasReadSince(DateTimeOffset time) => ReadAt >= time;

    /// <summary>The name and the id.</summary>
    public override string ToString() => $"{Name} ({Id})";
}
