namespace PSBatchExports.Backfills;

/// <summary>Remembers when the client started backfills, by the ids or names that the service returned. Thread-safe.</summary>
internal sealed class KnownBackfills(TimeProvider time)
{
    private const int MaxBackfills = 1_000;
    private static readonly TimeSpan MaxVisibilityDelay = TimeSpan.FromSeconds(30);

    // The service's own times may differ this much.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Dictionary<string, Start> _started = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _order = new();

    /// <summary>Remembers a backfill.</summary>
    /// <param name="id">The id or name of the backfill.</param>
    /// <param name="serverTime">When it was requested, by the service's clock.</param>
    public void Add(string id, DateTimeOffset serverTime)
    {
        lock (_gate)
        {
            if (!_started.ContainsKey(id))
                _order.Enqueue(id);

            _started[id] = new Start(time.GetTimestamp(), serverTime);
            while (_order.Count > MaxBackfills)
                _started.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether it was started so recently that the service may not show it yet.</summary>
    public bool IsNew(string id)
    {
        lock (_gate)
            return _started.TryGetValue(id, out var started) && time.GetElapsedTime(started.At) < MaxVisibilityDelay;
    }

    /// <summary>Whether a backfill may be the one that the id or name was returned for, not an earlier one of the same name.</summary>
    public bool MayBe(BatchExportBackfill backfill, string id)
    {
        lock (_gate)
            return !_started.TryGetValue(id, out var started) || !(backfill.CreatedAt < started.ServerTime - Tolerance);
    }

    private sealed record Start(long At, DateTimeOffset ServerTime);
}
