using System.Text.Json;
using PSBatchExports.Compact;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>A scheduled batch export (docs/wire.md, section 6). Fields that the server did not send are null.</summary>
public sealed record BatchExport : ServiceObject
{
    private readonly Dictionary<string, JsonElement>? _unknown;
    private readonly UtcTime _createdAt;
    private readonly UtcTime _lastUpdatedAt;
    private readonly UtcTime _lastPausedAt;
    private readonly UtcTime _startAt;
    private readonly UtcTime _endAt;

    /// <summary>An object without any field.</summary>
    public BatchExport()
    {
    }

    private BatchExport(ref Utf8JsonReader json)
    {
        var hasId = false;
        json.EnterObject();
        while (json.NextField(out var name))
        {
            hasId |= name == "id";
            switch (name)
            {
                case "id": Id = json.Shared(); break;
                case "team_id": ProjectId = json.Int(); break;
                case "name": Name = json.Text(); break;
                case "model": Model = json.Shared(); break;
                case "destination": Destination = json.Object(BatchExportDestination.Read); break;
                case "interval": Interval = json.Shared(); break;
                case "paused": Paused = json.Flag(); break;
                case "created_at": CreatedAt = json.Time(); break;
                case "last_updated_at": LastUpdatedAt = json.Time(); break;
                case "last_paused_at": LastPausedAt = json.Time(); break;
                case "start_at": StartAt = json.Time(); break;
                case "end_at": EndAt = json.Time(); break;
                case "latest_runs": LatestRuns = json.List(BatchExportRun.Read); break;
                case "hogql_query": HogQLQuery = json.Text(); break;
                case "hogql_modifiers": HogQLModifiers = json.Plain(); break;
                case "primary_key": PrimaryKey = json.Texts(); break;
                case "version_key": VersionKey = json.Texts(); break;
                case "incremental_mode": IncrementalMode = json.Shared(); break;
                case "schema": Schema = json.Plain(); break;
                case "filters": Filters = json.Plain(); break;
                case "timezone": TimeZone = json.Shared(); break;
                case "offset_day": OffsetDay = (DayOfWeek?)json.Int(); break;
                case "offset_hour": OffsetHour = json.Int(); break;
                default: json.Keep(name, ref _unknown); break;
            }
        }

        if (!hasId)
            throw new JsonException("There is no id.");
    }

    internal static BatchExport Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The export's UUID.</summary>
    public string? Id { get; init; }

    /// <summary>The same as <see cref="Id"/>, under the name that runs, backfills and log entries have for it.</summary>
    public string? BatchExportId => Id;

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The name, which need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>What is exported: events, persons, sessions, hogql or a model newer than this module.</summary>
    public string? Model { get; init; }

    /// <summary>The destination.</summary>
    public BatchExportDestination? Destination { get; init; }

    /// <summary>How often it runs: hour, day, week, "every 15 minutes" or "every 5 minutes" (section 7).</summary>
    public string? Interval { get; init; }

    /// <summary>The interval in short: hour, day, week, "15 min", "5 min".</summary>
    public string? Every => DisplayText.Line(Interval)
        ?.Replace("every ", "", StringComparison.Ordinal)
        .Replace(" minutes", " min", StringComparison.Ordinal);

    /// <summary>Whether the schedule is paused.</summary>
    public bool Paused { get; init; }

    /// <summary>When it was read: Paused, Ended (after <see cref="EndAt"/>), Failing (the newest finished run failed) or Active.</summary>
    public string Status =>
        Paused ? "Paused"
        : EndAt <= ReadAt ? "Ended"
        : LastFailure is not null ? "Failing"
        : "Active";

    /// <summary>Why the newest finished run failed, in one line; null if it did not fail.</summary>
    public string? Error => LastFailure is { } run ? RunText.Reason(run) ?? DisplayText.Line(run.Status) : null;

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt
    {
        get => _createdAt.Value;
        init => _createdAt = new(value);
    }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset? LastUpdatedAt
    {
        get => _lastUpdatedAt.Value;
        init => _lastUpdatedAt = new(value);
    }

    /// <summary>When it was last paused; null if never.</summary>
    public DateTimeOffset? LastPausedAt
    {
        get => _lastPausedAt.Value;
        init => _lastPausedAt = new(value);
    }

    /// <summary>No runs before this time; null for no bound.</summary>
    public DateTimeOffset? StartAt
    {
        get => _startAt.Value;
        init => _startAt = new(value);
    }

    /// <summary>No runs after this time; null for no bound.</summary>
    public DateTimeOffset? EndAt
    {
        get => _endAt.Value;
        init => _endAt = new(value);
    }

    /// <summary>The newest runs, at most ten, newest first.</summary>
    public IReadOnlyList<BatchExportRun>? LatestRuns { get; init; }

    /// <summary>The newest run; null for none.</summary>
    public BatchExportRun? LastRun => LatestRuns is [var newest, ..] ? newest : null;

    /// <summary>When the newest run ended, or started if it is still running; null for no run.</summary>
    public DateTimeOffset? LastRunAt => LastRun is { } run ? run.FinishedAt ?? run.CreatedAt ?? run.LastUpdatedAt : null;

    /// <summary>The HogQL query; null for other models.</summary>
    public string? HogQLQuery { get; init; }

    /// <summary>The modifiers of the HogQL query; null for none.</summary>
    public object? HogQLModifiers { get; init; }

    /// <summary>The key columns of the query's result; null for other models.</summary>
    public IReadOnlyList<string>? PrimaryKey { get; init; }

    /// <summary>The version columns of the query's result; null for other models.</summary>
    public IReadOnlyList<string>? VersionKey { get; init; }

    /// <summary>How rows are written: APPEND or MERGE.</summary>
    public string? IncrementalMode { get; init; }

    /// <summary>The schema of a legacy custom events query; otherwise null.</summary>
    public object? Schema { get; init; }

    /// <summary>The property filters of the events model; null for all events.</summary>
    public object? Filters { get; init; }

    /// <summary>The IANA name of the time zone in which days and weeks begin.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The day on which a week begins; null unless the interval is week.</summary>
    public DayOfWeek? OffsetDay { get; init; }

    /// <summary>The hour at which a day begins, 0 to 23; null unless the interval is day or week.</summary>
    public int? OffsetHour { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(_unknown);

    /// <summary>The service that it was read from.</summary>
    public string? ApiHost { get; init; }

    /// <summary>When it was read, by the service's clock; null if it was not read from the service.</summary>
    internal DateTimeOffset? ReadAt { get; init; }

    private BatchExportRun? LastFailure =>
        LatestRuns?.FirstOrDefault(run => run.IsFinished) is { IsFailed: true } run ? run : null;

    /// <summary>Whether it was read from the service at a time or later.</summary>
    /// <param name="time">The time, by the service's clock.</param>
    public bool WasReadSince(DateTimeOffset time) => ReadAt >= time;

    /// <summary>The name and the id.</summary>
    public override string ToString() => $"{Name} ({Id})";
}
