using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A backfill: a scheduled export of past data (docs/wire.md, section 12).</summary>
public sealed record BatchExportBackfill : ServiceObject
{
    private readonly Dictionary<string, JsonElement>? _unknown;

    /// <summary>An object without any field.</summary>
    public BatchExportBackfill()
    {
    }

    private BatchExportBackfill(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "id": BackfillId = json.Text(); break;
                case "batch_export": BatchExportId = json.Shared(); break;
                case "team": ProjectId = json.Int(); break;
                case "status": Status = json.Shared(); break;
                case "start_at": StartAt = json.Time(); break;
                case "end_at": EndAt = json.Time(); break;
                case "adjusted_start_at": AdjustedStartAt = json.Time(); break;
                case "total_records_count": TotalRecordsCount = json.Long(); break;
                case "progress": Progress = json.Object(BatchExportBackfillProgress.Read); break;
                case "created_at": CreatedAt = json.Time(); break;
                case "finished_at": FinishedAt = json.Time(); break;
                case "last_updated_at": LastUpdatedAt = json.Time(); break;
                default: json.Keep(name, ref _unknown); break;
            }
        }
    }

    internal static BatchExportBackfill Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The backfill's UUID; null only if the service did not send it.</summary>
    public string? BackfillId { get; init; }

    /// <summary>The export's UUID.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null unless it is known without another request.</summary>
    public string? BatchExportName { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>
    /// Starting, Running, Completed, Failed, FailedRetryable, Cancelled, Terminated, TimedOut, or a status newer than this module.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>The start of the data, inclusive; null for the beginning of time.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>The end of the data, exclusive; null if it was created without one.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Where the data really begins; null if the server does not say.</summary>
    public DateTimeOffset? AdjustedStartAt { get; init; }

    /// <summary>The number of rows of all its runs; null while unknown.</summary>
    public long? TotalRecordsCount { get; init; }

    /// <summary>The progress; null while the total is unknown, and if the backfill ended without success.</summary>
    public BatchExportBackfillProgress? Progress { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it is running.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastUpdatedAt { get; init; }

    /// <summary>Whether it has ended, successfully or not.</summary>
    public bool IsFinished => !RunStatus.IsActive(Status);

    internal bool HadNoRows => Status == RunStatus.Completed && TotalRecordsCount == 0;

    /// <summary>The fields of the response that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(_unknown);

    /// <summary>The id.</summary>
    public override string ToString() => BackfillId ?? "";
}

/// <summary>The progress of a backfill. It sorts by the finished share.</summary>
#pragma warning disable CA1036, MA0097 // Comparable for sorting only; operators would have no meaning.
public sealed record BatchExportBackfillProgress : IComparable
#pragma warning restore CA1036, MA0097
{
    /// <summary>An object without any field.</summary>
    public BatchExportBackfillProgress()
    {
    }

    private BatchExportBackfillProgress(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "total_runs": TotalRuns = json.Int(); break;
                case "finished_runs": FinishedRuns = json.Int(); break;
                case "progress": Progress = json.Double(); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static BatchExportBackfillProgress Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The total number of runs; null while unknown.</summary>
    public int? TotalRuns { get; init; }

    /// <summary>The number of runs that have ended; null while unknown.</summary>
    public int? FinishedRuns { get; init; }

    /// <summary>The share from 0 to 1, rounded to tenths; null while unknown.</summary>
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
