using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>Which runs of a scheduled export to list (docs/wire.md, section 11).</summary>
public sealed record RunQuery
{
    /// <summary>Statuses to keep; null or empty for all.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Made at or after; null for the server's default, seven days ago.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Made at or before; null for no bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Data from this time on; null for no bound, or for the server's default, seven days ago, where <see cref="IntervalEnd"/> is given.</summary>
    public DateTimeOffset? IntervalStart { get; init; }

    /// <summary>Data up to this time; null for no bound.</summary>
    public DateTimeOffset? IntervalEnd { get; init; }

    /// <summary>The backfills whose runs to keep, which the client sees to; null or empty for runs of any backfill and of none.</summary>
    public IReadOnlyList<string>? BackfillIds { get; init; }

    /// <summary>created_at or data_interval_start, with a minus for descending; null for -created_at, or -data_interval_start where an interval is given.</summary>
    public string? OrderBy { get; init; }

    /// <summary>Whether the server's window is over the data's intervals and not over the time at which runs were made: the order decides.</summary>
    public bool GoesByInterval => OrderBy is null ? HasInterval : OrderBy.EndsWith("data_interval_start", StringComparison.Ordinal);

    /// <summary>Whether the server applies its seven days because no start of the window was given.</summary>
    public bool HasSilentWindow => GoesByInterval ? IntervalStart is null && !HasCreated : After is null && !HasInterval;

    private bool HasInterval => IntervalStart is not null || IntervalEnd is not null;

    // The server minds case.
    private string[] KnownStatuses =>
        Statuses?.Select(status => RunStatus.All.FirstOrDefault(known => known.Equals(status, StringComparison.OrdinalIgnoreCase)) ?? status).ToArray() ?? [];

    private bool HasCreated => After is not null || Before is not null;

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

    /// <summary>What the server may not heed: the window that does not belong to the order, and on older servers the statuses.</summary>
    internal Func<BatchExportRun, bool>? Filter() => HasCreated || HasInterval || Statuses is { Count: > 0 } || BackfillIds is { Count: > 0 } ? Matches : null;

    /// <summary>Whether a run is one of those that this asks for, by the given bounds, statuses and backfills alone.</summary>
    /// <param name="run">The run.</param>
    public bool Matches(BatchExportRun run) =>
        !(run.CreatedAt < After) && !(run.CreatedAt > Before) && !(run.DataIntervalStart < IntervalStart) && !(run.DataIntervalEnd > IntervalEnd)
        && (Statuses is not { Count: > 0 } || Statuses.Contains(run.Status, StringComparer.OrdinalIgnoreCase))
        && (BackfillIds is not { Count: > 0 } || BackfillIds.Contains(run.BackfillId, StringComparer.OrdinalIgnoreCase));
}
