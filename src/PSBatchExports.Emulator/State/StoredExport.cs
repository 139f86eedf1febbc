using System.Text.Json.Nodes;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator;

/// <summary>A scheduled export as the service stores it, including secrets.</summary>
public sealed class StoredExport
{
    public required Guid Id { get; init; }

    public required int ProjectId { get; init; }

    public required string Name { get; set; }

    public string Model { get; set; } = "events";

    public required string DestinationType { get; init; }

    public required JsonObject Config { get; set; }

    public int? Integration { get; set; }

    public required string Interval { get; set; }

    public bool Paused { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastUpdatedAt { get; set; }

    public DateTimeOffset? LastPausedAt { get; set; }

    public DateTimeOffset? StartAt { get; set; }

    public DateTimeOffset? EndAt { get; set; }

    public string? HogQLQuery { get; set; }

    public JsonObject? HogQLModifiers { get; set; }

    public IReadOnlyList<string>? PrimaryKey { get; set; }

    public IReadOnlyList<string>? VersionKey { get; set; }

    public string IncrementalMode { get; set; } = "APPEND";

    public JsonArray? Filters { get; set; }

    public string TimeZone { get; set; } = "UTC";

    /// <summary>Hours from the start of the day or week; both offsets of the API derive from it.</summary>
    public int OffsetHours { get; set; }

    /// <summary>The schedule is missing, so that pause and unpause fail.</summary>
    public bool ScheduleMissing { get; set; }

    /// <summary>The error with which runs fail that start from now on; null if they complete.</summary>
    public string? RunError { get; set; }

    /// <summary>The intervals that its schedule has not run yet.</summary>
    internal ScheduleCursor? Schedule { get; set; }

    internal int? OffsetDay => Interval == "week" ? OffsetHours / 24 : null;

    internal int? OffsetHour => Interval switch
    {
        "week" => OffsetHours % 24,
        "day" => OffsetHours,
        _ => null,
    };
}
