using PSBatchExports.Emulator.History;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator;

/// <summary>The state of the service. Public members are thread-safe.</summary>
public sealed class EmulatorState
{
    private readonly EmulatorOptions _options;
    private readonly Dictionary<string, EmulatorKey> _keys = new(StringComparer.Ordinal);
    private readonly List<Organization> _organizations = [];
    private readonly List<Project> _projects = [];
    private readonly List<Integration> _integrations = [];
    private readonly List<StoredExport> _exports = [];
    private readonly Dictionary<Guid, StoredExport> _exportsById = [];
    private readonly Dictionary<Guid, ExportRuns> _runs = [];
    private readonly List<OnDemandRun> _onDemandRuns = [];
    private readonly List<StoredBackfill> _backfills = [];
    private readonly Dictionary<Guid, List<LogRow>> _logs = [];
    private readonly RunProgress _progress;
    private readonly HistorySeeder _history;
    private StoredExport[]? _newestFirst;

    internal EmulatorState(EmulatorOptions options)
    {
        _options = options;
        Ids = new IdSource(options.Seed);
        RunsNeverEnd = options.RunsNeverEnd;
        _progress = new RunProgress(this, options);
        _history = new HistorySeeder(this, options);
        Seeder.Fill(this, options);
    }

    /// <summary>On-demand runs are created but fail to start: creating one returns 500.</summary>
    public bool FailToStart { get; set; }

    /// <summary>Cancelling is accepted but changes nothing, as when the workflow service is down.</summary>
    public bool IgnoreCancellations { get; set; }

    /// <summary>New on-demand runs run until they are cancelled.</summary>
    public bool RunsNeverEnd { get; set; }

    /// <summary>The error for creating or changing a HogQL export, because of its author; null for none.</summary>
    public string? HogQLAuthorProblem { get; set; }

    /// <summary>Signed URLs created before this time have expired temporary credentials.</summary>
    public DateTimeOffset? StorageTokensExpiredBefore { get; set; }

    /// <summary>The storage has no files, although runs still list them.</summary>
    public bool StorageEmpty { get; set; }

    /// <summary>The version of all files; each version has different bytes and entity tags.</summary>
    public int FileVersion { get; set; }

    /// <summary>Counting rows times out.</summary>
    public bool CountTimesOut { get; set; }

    /// <summary>AWS roles that can be assumed without the external id of an organization.</summary>
    public ISet<string> OpenRoles { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>AWS roles and service accounts that another organization uses.</summary>
    public ISet<string> ForeignCredentials { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Newest first, as the service lists them. Sorted again only after a change.</summary>
    public IReadOnlyList<StoredExport> Exports =>
        Locked(() => _newestFirst ??= _exports.OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).ToArray());

    public IReadOnlyList<OnDemandRun> OnDemandRuns => Locked(() => _onDemandRuns.ToArray());

    public IReadOnlyList<StoredBackfill> Backfills => Locked(() => _backfills.ToArray());

    public IReadOnlyList<Integration> Integrations => Locked(() => _integrations.ToArray());

    public IReadOnlyList<Project> Projects => Locked(() => _projects.ToArray());

    public IReadOnlyList<Organization> Organizations => Locked(() => _organizations.ToArray());

    internal object Gate { get; } = new();

    internal IdSource Ids { get; private set; }

    internal int Seed => _options.Seed;

    internal DateTimeOffset Now
    {
        get
        {
            var now = _options.TimeProvider.GetUtcNow();
            return now.AddTicks(-(now.Ticks % (TimeSpan.TicksPerMillisecond / 1000)));
        }
    }

    public void AddKey(EmulatorKey key) => Locked(() => _keys[key.Value] = key);

    public void AddKey(
        string key,
        IReadOnlyCollection<string> scopes,
        IReadOnlyCollection<int>? scopedProjects = null,
        IReadOnlyCollection<Guid>? scopedOrganizations = null) =>
        AddKey(new EmulatorKey(key)
        {
            Scopes = scopes,
            ScopedProjects = scopedProjects ?? [],
            ScopedOrganizations = scopedOrganizations ?? [],
        });

    public void RevokeKey(string key) => Locked(() => _keys.Remove(key));

    public void AddOrganization(Organization organization) => Locked(() => _organizations.Add(organization));

    public void AddProject(Project project) => Locked(() => _projects.Add(project));

    public void AddIntegration(Integration integration) => Locked(() => _integrations.Add(integration));

    public void AddExport(StoredExport export) => Locked(() =>
    {
        _exports.Add(export);
        _exportsById[export.Id] = export;
        _newestFirst = null;
        export.Schedule ??= new ScheduleCursor(export, Now, _options.Seed);
    });

    /// <summary>Adds realistic exports with recent runs to the main project.</summary>
    public IReadOnlyList<StoredExport> AddExports(int count, string namePrefix, SampleSettings? settings = null) =>
        Locked(() => Seeder.AddExports(this, _options, count, namePrefix, settings ?? new SampleSettings()));

    /// <summary>Adds the runs that an export's schedule would have made, from some time ago until now.</summary>
    public void AddHistory(StoredExport export, TimeSpan length, HistoryIncident incident = HistoryIncident.None) =>
        Locked(() => _history.Add(export, length, incident));

    public void AddRun(ScheduledRun run) => Locked(() => GetOrAddRuns(run.ExportId).Add(run));

    public void AddOnDemandRun(OnDemandRun run) => Locked(() => _onDemandRuns.Add(run));

    public void AddBackfill(StoredBackfill backfill) => Locked(() => _backfills.Add(backfill));

    public void AddLogs(IEnumerable<LogRow> rows) => Locked(() =>
    {
        foreach (var row in rows)
            GetOrAddLogs(row.SourceId).Add(row);
    });

    /// <summary>Runs of an export up to now, in the order of their creation.</summary>
    public IReadOnlyList<ScheduledRun> RunsOf(Guid exportId) => Locked(() => AdvanceRunsOf(exportId).ByCreation.ToArray());

    public IReadOnlyList<LogRow> LogsOf(Guid sourceId) => Locked(() => GetOrAddLogs(sourceId).ToArray());

    /// <summary>Sets the status of a scheduled run. A failure may pause its export.</summary>
    public void Force(ScheduledRun run, string status, string? error = null) => Locked(() =>
    {
        AdvanceRunsOf(run.ExportId);
        if (RunStatus.IsActive(status))
        {
            run.Status = status;
            GetOrAddRuns(run.ExportId).Watch(run);
            return;
        }

        run.Finish(status, Now, error);
        if (status == RunStatus.Failed)
            AutomaticPause.AfterFailure(this, run, _options.FailuresBeforePause, Now);
    });

    /// <summary>Restores the initial state.</summary>
    public void Reset() => Locked(() =>
    {
        _keys.Clear();
        _organizations.Clear();
        _projects.Clear();
        _integrations.Clear();
        _exports.Clear();
        _exportsById.Clear();
        _newestFirst = null;
        _runs.Clear();
        _onDemandRuns.Clear();
        _backfills.Clear();
        _logs.Clear();
        OpenRoles.Clear();
        ForeignCredentials.Clear();
        FailToStart = IgnoreCancellations = StorageEmpty = CountTimesOut = false;
        RunsNeverEnd = _options.RunsNeverEnd;
        HogQLAuthorProblem = null;
        StorageTokensExpiredBefore = null;
        FileVersion = 0;
        Ids = new IdSource(_options.Seed);
        Seeder.Fill(this, _options);
    });

    internal EmulatorKey? FindKey(string value) => Locked(() => _keys.GetValueOrDefault(value));

    internal Project? FindProject(int id) => Locked(() => _projects.Find(p => p.Id == id));

    internal Organization? FindOrganization(Guid id) => Locked(() => _organizations.Find(o => o.Id == id));

    internal Integration? FindIntegration(long id, int projectId) =>
        Locked(() => _integrations.Find(i => i.Id == id && i.ProjectId == projectId));

    internal void RemoveIntegration(Integration integration) => Locked(() => _integrations.Remove(integration));

    internal void RemoveExport(StoredExport export) => Locked(() =>
    {
        _exports.Remove(export);
        _exportsById.Remove(export.Id);
        _newestFirst = null;
    });

    /// <summary>Adds many runs in the order of their creation, which they are sorted by.</summary>
    internal void AddRuns(Guid exportId, List<ScheduledRun> runs) => Locked(() =>
    {
        runs.Sort(ExportRuns.CreationOrder);
        var all = GetOrAddRuns(exportId);
        foreach (var run in runs)
            all.Add(run);
    });

    internal ScheduledRun? FindRun(Guid id) =>
        Locked(() => _runs.Values.Select(runs => runs.Find(id)).FirstOrDefault(run => run is not null));

    internal StoredBackfill? FindBackfill(Guid id) => Locked(() => _backfills.Find(backfill => backfill.Id == id));

    internal StoredExport? FindExport(Guid id) => Locked(() => _exportsById.GetValueOrDefault(id));

    internal ExportRuns GetOrAddRuns(Guid exportId)
    {
        if (!_runs.TryGetValue(exportId, out var runs))
            _runs[exportId] = runs = new ExportRuns();
        return runs;
    }

    /// <summary>Adds a backfill whose runs start one after the other.</summary>
    internal void AddBackfill(StoredBackfill backfill, IEnumerable<ScheduledRun> runs)
    {
        _backfills.Add(backfill);
        var all = GetOrAddRuns(backfill.ExportId);
        foreach (var run in runs)
            all.AddLater(backfill, run);
        AdvanceRunsOf(backfill.ExportId);
    }

    /// <summary>Cancels an active backfill together with its runs.</summary>
    internal void CancelBackfill(StoredBackfill backfill)
    {
        AdvanceRunsOf(backfill.ExportId);
        CancelBackfill(backfill, Now);
    }

    internal void CancelBackfill(StoredBackfill backfill, DateTimeOffset at)
    {
        backfill.Force(RunStatus.Cancelled, at);
        foreach (var run in GetOrAddRuns(backfill.ExportId).Active.Where(run => run.BackfillId == backfill.Id))
            run.Finish(RunStatus.Cancelled, at);
    }

    /// <summary>Starts and ends the runs of all exports that are due.</summary>
    internal void Advance()
    {
        if (!_options.LiveSchedule)
            return;

        lock (Gate)
        {
            foreach (var export in _exports)
                AdvanceRunsOf(export.Id);
        }
    }

    /// <summary>Starts and ends the runs of an export that are due.</summary>
    internal ExportRuns AdvanceRunsOf(Guid exportId)
    {
        var runs = GetOrAddRuns(exportId);
        _progress.Advance(_exportsById.GetValueOrDefault(exportId), runs);
        return runs;
    }

    private List<LogRow> GetOrAddLogs(Guid sourceId)
    {
        if (!_logs.TryGetValue(sourceId, out var rows))
            _logs[sourceId] = rows = [];
        return rows;
    }

    private void Locked(Action action)
    {
        lock (Gate)
            action();
    }

    private T Locked<T>(Func<T> function)
    {
        lock (Gate)
            return function();
    }
}
