namespace PSBatchExports.Emulator.State;

/// <summary>The runs of an export. They are kept in order, so that a page of them does not need to sort them all.</summary>
internal sealed class ExportRuns
{
    private readonly List<ScheduledRun> _byCreation = [];
    private readonly Dictionary<Guid, ScheduledRun> _byId = [];
    private readonly List<ScheduledRun> _active = [];
    private readonly PriorityQueue<(StoredBackfill Backfill, ScheduledRun Run), DateTimeOffset> _pending = new();
    private ScheduledRun[]? _byInterval;

    public static Comparer<ScheduledRun> CreationOrder { get; } = Comparer<ScheduledRun>.Create(CompareCreation);

    public static Comparer<ScheduledRun> IntervalOrder { get; } = Comparer<ScheduledRun>.Create(CompareIntervals);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ScheduledRun> ByCreation => _byCreation;

    /// <summary>Oldest interval first; sorted again only after a run was added.</summary>
    public IReadOnlyList<ScheduledRun> ByInterval
    {
        get
        {
            if (_byInterval is null)
            {
                _byInterval = [.. _byCreation];
                Array.Sort(_byInterval, IntervalOrder);
            }

            return _byInterval;
        }
    }

    public IEnumerable<ScheduledRun> NewestFirst
    {
        get
        {
            for (var place = _byCreation.Count - 1; place >= 0; place--)
                yield return _byCreation[place];
        }
    }

    public ScheduledRun[] Active
    {
        get
        {
            _active.RemoveAll(run => !RunStatus.IsActive(run.Status));
            return [.. _active];
        }
    }

    public ScheduledRun? Find(Guid id) => _byId.GetValueOrDefault(id);

    public void Add(ScheduledRun run)
    {
        var place = _byCreation.Count;
        if (place > 0 && CompareCreation(_byCreation[^1], run) > 0)
        {
            var found = _byCreation.BinarySearch(run, CreationOrder);
            place = found < 0 ? ~found : found;
        }

        _byCreation.Insert(place, run);
        _byId[run.Id] = run;
        _byInterval = null;
        Watch(run);
    }

    /// <summary>Adds a run whose status has changed to those that are completed when they are due.</summary>
    public void Watch(ScheduledRun run)
    {
        if (RunStatus.IsActive(run.Status) && !_active.Contains(run))
            _active.Add(run);
    }

    /// <summary>Adds a run of a backfill once its time has come, unless the backfill is cancelled before.</summary>
    public void AddLater(StoredBackfill backfill, ScheduledRun run) => _pending.Enqueue((backfill, run), run.CreatedAt);

    public DateTimeOffset? NextPendingStart()
    {
        while (_pending.TryPeek(out var next, out var start))
        {
            if (next.Backfill.ForcedStatus is null)
                return start;

            _pending.Dequeue();
        }

        return null;
    }

    public ScheduledRun AddNextPending()
    {
        var run = _pending.Dequeue().Run;
        Add(run);
        return run;
    }

    private static int CompareCreation(ScheduledRun one, ScheduledRun other)
    {
        var order = one.CreatedAt.CompareTo(other.CreatedAt);
        return order != 0 ? order : one.Id.CompareTo(other.Id);
    }

    /// <summary>Runs from the beginning of time come first.</summary>
    private static int CompareIntervals(ScheduledRun one, ScheduledRun other)
    {
        var order = Nullable.Compare(one.DataIntervalStart, other.DataIntervalStart);
        return order != 0 ? order : one.Id.CompareTo(other.Id);
    }
}
