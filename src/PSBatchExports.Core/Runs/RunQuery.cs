using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>Selects runs of a scheduled export (docs/wire.md, section 11).</summary>
public sealed record RunQuery
{
    /// <summary>How far the service looks back if no start of the window is given (docs/wire.md, section 11).</summary>
    public static TimeSpan DefaultWindow { get; } = TimeSpan.FromDays(7);

    /// <summary>The statuses; null or empty for all.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Only runs created at or after this time; null for the server's default, seven days ago.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Only runs created at or before this time; null for no bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>
    /// Only runs with data from this time on; null for no bound, or for the server's default, seven days ago, if <see cref="IntervalEnd"/>
    /// is given.
    /// </summary>
    public DateTimeOffset? IntervalStart { get; init; }

    /// <summary>Only runs with data up to this time; null for no bound.</summary>
    public DateTimeOffset? IntervalEnd { get; init; }

    /// <summary>Only runs of these backfills, which the client filters; null or empty for all runs.</summary>
    public IReadOnlyList<string>? BackfillIds { get; init; }

    /// <summary>
    /// created_at or data_interval_start, with a minus for descending order; null for -created_at, or -data_interval_start if an interval
    /// is given.
    /// </summary>
    public string? OrderBy { get; init; }

    /// <summary>Whether the server's window applies to the data intervals, not to the creation times. The order decides that.</summary>
    public bool GoesByInterval => OrderBy is null ? HasInterval : OrderBy.EndsWith("data_interval_start", StringComparison.Ordinal);

    /// <summary>Whether the server limits the list to seven days because the window has no start.</summary>
    public bool HasSilentWindow => GoesByInterval ? IntervalStart is null && !HasCreated : After is null && !HasInterval;

    private bool HasInterval => IntervalStart is not null || IntervalEnd is not null;

    // The server's statuses are case-sensitive.
    private string[] KnownStatuses =>
        Statuses?.Select(Canonical).ToArray() ?? [];

    private bool HasCreated => After is not null || Before is not null;

    private static string Canonical(string status) =>
        RunStatus.All.FirstOrDefault(known => known.Equals(status, StringComparison.OrdinalIgnoreCase)) ?? status;

    internal string ToQuery()
    {
        var query = new Query().Add("ordering", OrderBy ?? (GoesByInterval ? "-data_interval_start" : null));
        if (GoesByInterval)
            query.Add("start", IntervalStart ?? (HasCreated ? DateTimeOffset.UnixEpoch : null)).Add("end", IntervalEnd);
        else
            query.Add("after", After ?? (HasInterval ? DateTimeOffset.UnixEpoch : null)).Add("before", Before);

        foreach (var status in KnownStatuses)
            query.Add("status", status);

        return query.ToString();
    }

    /// <summary>Filters what the server may ignore: the window that does not match the order, and on older servers the statuses.</summary>
    internal Func<BatchExportRun, bool>? Filter() =>
        HasCreated || HasInterval || Statuses is { Count: > 0 } || BackfillIds is { Count: > 0 } ? Matches : null;

    /// <summary>Whether a run matches the given bounds, statuses and backfills.</summary>
    /// <param name="run">The run.</param>
    public bool Matches(BatchExportRun run) =>
        !(run.CreatedAt < After)
        && !(run.CreatedAt > Before)
        && !(run.DataIntervalStart < IntervalStart)
        && !(run.DataIntervalEnd > IntervalEnd)
        && (Statuses is not { Count: > 0 } || Statuses.Contains(run.Status, StringComparer.OrdinalIgnoreCase))
        && (BackfillIds is not { Count: > 0 } || BackfillIds.Contains(run.BackfillId, StringComparer.OrdinalIgnoreCase));
}
