namespace PSBatchExports.OnDemand;

/// <summary>
/// What the client remembers of on-demand runs because the service does not return it: when and how they were started, and which lists of
/// files are complete. Thread-safe.
/// </summary>
internal sealed class KnownRuns
{
    private const int MaxRuns = 1_000;
    private readonly object _gate = new();
    private readonly Dictionary<string, KnownRun> _runs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _order = new();

    /// <summary>What is known of a run; <see cref="KnownRun.Unknown"/> for an unknown one.</summary>
    public KnownRun Find(string runId)
    {
        lock (_gate)
            return _runs.GetValueOrDefault(runId) ?? KnownRun.Unknown;
    }

    /// <summary>Remembers more about a run.</summary>
    public void Add(string runId, Func<KnownRun, KnownRun> change)
    {
        lock (_gate)
        {
            if (!_runs.ContainsKey(runId))
                _order.Enqueue(runId);

            _runs[runId] = change(_runs.GetValueOrDefault(runId) ?? KnownRun.Unknown);
            while (_order.Count > MaxRuns)
                _runs.Remove(_order.Dequeue());
        }
    }
}
