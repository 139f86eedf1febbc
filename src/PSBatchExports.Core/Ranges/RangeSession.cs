using PSBatchExports.Files.Download;
using PSBatchExports.Ledger;

namespace PSBatchExports.Ranges;

/// <summary>What the windows of one call share: the ledger, the runs in progress, and the connections.</summary>
internal sealed class RangeSession : IAsyncDisposable
{
    // Windows whose runs have ended and whose files are on their way, beyond those in progress.
    private const int MaxSaving = 8;

    private readonly RangeSaveOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _runs;
    private readonly SemaphoreSlim _windows;
    private readonly SemaphoreSlim _connections;
    private readonly HashSet<string> _known;
    private string? _newestRun;
    private (int Windows, int Saved, int InProgress, long Bytes) _counts;
    private int _halted;
    private int _hasWarned;

    public RangeSession(BatchExportClient client, ApiScope scope, TimeProvider time, RangeSaveOptions options, LedgerWriter ledger)
    {
        (_options, _time, Ledger) = (options, time, ledger);
        Client = client;
        Api = client.In(scope);
        Scope = scope;
        Folders = new WindowFolders(options.Folder);
        Poller = new RunPoller(Api, client.Observer, time, ReportProgress);
        Budget = new RecordBudget(options.MaximumRecords, RecordRate.Of(ledger.Content.WindowsOf(options.Settings.Model)));
        LostStarts = new LostStartFinder(Api, Poller, time, options.Settings);
        _runs = new SemaphoreSlim(options.MaximumRuns);
        _connections = new SemaphoreSlim(options.Connections);
        _windows = new SemaphoreSlim(options.MaximumRuns + MaxSaving);
        _known = new HashSet<string>(ledger.Content.Runs, StringComparer.OrdinalIgnoreCase);
        Saving = new SaveOptions
        {
            Folder = options.Folder,
            Verify = options.Verify,
            Connections = options.Connections,
            Slots = _connections,
        };
    }

    public BatchExportClient Client { get; }

    public ScopedClient Api { get; }

    public ApiScope Scope { get; }

    public LedgerWriter Ledger { get; }

    public WindowFolders Folders { get; }

    public RunPoller Poller { get; }

    public RecordBudget Budget { get; }

    public LostStartFinder LostStarts { get; }

    public SaveOptions Saving { get; }

    public OnDemandRunRequest Settings => _options.Settings;

    public bool PaysAgain => _options.PayAgain;

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Whether no further run is started.</summary>
    public bool IsHalted => Volatile.Read(ref _halted) != 0;

    /// <summary>The newest run of the project that is known.</summary>
    public string? NewestRun => Volatile.Read(ref _newestRun);

    /// <summary>Writes into the ledger what is to be saved.</summary>
    public void Plan(LedgerSettings settings, WindowPlan plan)
    {
        if (Ledger.Content.SettingsOf(Settings.Model) is null)
            Ledger.Append(Line(LedgerEvents.Settings) with { Version = LedgerLine.CurrentVersion, Settings = settings });

        foreach (var gap in plan.Uncovered)
        {
            Ledger.Append(Line(LedgerEvents.Planned) with
            {
                Start = gap.Start,
                End = gap.End,
                Every = _options.Every.TotalSeconds,
            });
        }
    }

    public async Task RunAsync(Action<RangeOutcome> report, CancellationToken stop)
    {
        var windows = Ledger.Read(ledger => ledger.WindowsOf(Settings.Model).Where(IsWanted).ToArray());
        _counts.Windows = windows.Length;
        var reports = new OrderedReports<IReadOnlyList<RangeOutcome>>(outcomes =>
        {
            foreach (var outcome in outcomes)
                report(outcome);
        });

        if (Array.Exists(windows, window => window.State != LedgerState.Saved || IsToFetch(window)))
            await FindNewestRunAsync(stop);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = new List<Task>();
        try
        {
            for (var index = 0; index < windows.Length; index++)
            {
                await _windows.WaitAsync(end.Token);
                running.RemoveAll(task => task.IsCompletedSuccessfully);
                running.Add(SaveAsync(windows[index], index));
            }

            await Task.WhenAll(running);
            Folders.RemoveIncoming();
        }
        catch
        {
            await end.CancelAsync();
            await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

            // The failure of a window may have ended the wait for the next one.
            if (!stop.IsCancellationRequested && running.Find(task => task.IsFaulted) is { } failed)
                await failed;

            throw;
        }

        async Task SaveAsync(BatchExportLedgerEntry window, int index)
        {
            try
            {
                reports.Add(index, await new WindowSaver(this).SaveAsync(window, end.Token));
            }
            catch
            {
                await end.CancelAsync();
                throw;
            }
            finally
            {
                _windows.Release();
            }
        }
    }

    /// <summary>Whether files of a saved window are missing and are to be fetched again.</summary>
    public bool IsToFetch(BatchExportLedgerEntry window) => Folders.IsGone(window) ? PaysAgain : !Folders.IsWhole(window);

    /// <summary>Waits until another run may be in progress.</summary>
    public async Task<IDisposable> TakeRunSlotAsync(CancellationToken stop)
    {
        await _runs.WaitAsync(stop);
        Interlocked.Increment(ref _counts.InProgress);
        ReportProgress();
        return new Slot(this);
    }

    /// <summary>No further run is started. Those in progress end, and are saved.</summary>
    /// <returns>False if that was known already.</returns>
    public bool Halt() => Interlocked.Exchange(ref _halted, 1) == 0;

    /// <summary>Says once that others have runs in progress, so that the service refuses more.</summary>
    public void WarnOfLimit()
    {
        if (Interlocked.Exchange(ref _hasWarned, 1) == 0)
            Client.Observer.OnWarning("The project has as many runs in progress as the service allows. Waiting for others to end.");
    }

    public Task PauseAsync(TimeSpan pause, CancellationToken stop) => Task.Delay(pause, _time, stop);

    /// <summary>Appends a line about a window.</summary>
    /// <returns>The window as it is now.</returns>
    public BatchExportLedgerEntry Append(BatchExportLedgerEntry window, LedgerLine line)
    {
        Write(line with { Start = window.Start, End = window.End });
        return Find(window.Start);
    }

    public LedgerLine Line(string what) => new() { Event = what, At = Now, Model = Settings.Model };

    public void Remember(string runId)
    {
        lock (_known)
            _known.Add(runId);

        Volatile.Write(ref _newestRun, runId);
    }

    public bool IsKnown(string runId)
    {
        lock (_known)
            return _known.Contains(runId);
    }

    public void OnSaved(long bytes)
    {
        Interlocked.Increment(ref _counts.Saved);
        Interlocked.Add(ref _counts.Bytes, bytes);
        ReportProgress();
    }

    /// <summary>Writes down that a window was split in two, whose runs are still to be started.</summary>
    public void Split(BatchExportLedgerEntry window, DateTimeOffset middle)
    {
        Write(Line(LedgerEvents.Split) with { Start = window.Start, End = window.End, Middle = middle });
        Interlocked.Increment(ref _counts.Windows);
    }

    /// <summary>The window of the ledger that starts at a time.</summary>
    public BatchExportLedgerEntry Find(DateTimeOffset start) => Ledger.Read(ledger => ledger.Find(Settings.Model, start))!;

    public void ReportProgress() => _options.OnProgress?.Invoke(
        new RangeProgress(_counts.Windows, _counts.Saved, _counts.InProgress, Budget.Spent, _counts.Bytes));

    public async ValueTask DisposeAsync()
    {
        await Poller.DisposeAsync();
        _runs.Dispose();
        _windows.Dispose();
        _connections.Dispose();
        Budget.Dispose();
    }

    // Without its ledger, no other window can do better.
    private void Write(LedgerLine line)
    {
        try
        {
            Ledger.Append(line);
        }
        catch
        {
            Halt();
            throw;
        }
    }

    private bool IsWanted(BatchExportLedgerEntry window) => _options.Range.Overlaps(new TimeRange(window.Start, window.End));

    private async Task FindNewestRunAsync(CancellationToken stop)
    {
        await foreach (var run in Api.OnDemandRuns.ListAsync(new Paging { First = 1 }, stop))
            _newestRun = run.RunId;
    }

    private sealed class Slot(RangeSession session) : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) != 0)
                return;

            Interlocked.Decrement(ref session._counts.InProgress);
            session._runs.Release();
        }
    }
}
