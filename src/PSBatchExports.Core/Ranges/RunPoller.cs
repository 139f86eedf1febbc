using PSBatchExports.Http;

namespace PSBatchExports.Ranges;

/// <summary>
/// Waits for any number of on-demand runs, which may be added at any time. Their list is polled once for all of them; only a run that has
/// ended there, or is not on the list's first page, is read by itself (docs/wire.md, section 13).
/// </summary>
/// <param name="api">Reads the runs.</param>
/// <param name="observer">Receives warnings of outages.</param>
/// <param name="time">The clock.</param>
/// <param name="onPolled">Called after each poll.</param>
internal sealed class RunPoller(ScopedClient api, IRequestObserver observer, TimeProvider time, Action onPolled) : IAsyncDisposable
{
    private const int PageSize = 100;

    // A run is noticed to have ended after a twentieth of its duration.
    private const int PollsPerDuration = 20;

    // A quarter of an hour of the longest pauses. The clock does not tell: it also goes on while the machine sleeps.
    private const int MaxFailures = 60;

    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    private readonly object _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stop = new();
    private Task _polling = Task.CompletedTask;
    private bool _isPolling;

    /// <summary>Returns a run once it has ended, and its files are listed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the wait for this run.</param>
    /// <exception cref="BatchExportException">The run cannot be read.</exception>
    public async Task<BatchExportRun> WaitAsync(string runId, CancellationToken cancellationToken)
    {
        Waiting? waiting;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(runId, out waiting))
                _waiting[runId] = waiting = new Waiting(runId, time.GetUtcNow());

            waiting.Count++;
            if (!_isPolling)
            {
                _isPolling = true;
                _polling = PollAsync(_stop.Token);
            }
        }

        try
        {
            return await waiting.Ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(waiting);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling;
        _stop.Dispose();
    }

    // A run that nobody waits for is not polled any longer.
    private void Leave(Waiting waiting)
    {
        lock (_gate)
        {
            if (--waiting.Count == 0 && _waiting.GetValueOrDefault(waiting.RunId) == waiting)
                _waiting.Remove(waiting.RunId);
        }
    }

    private async Task PollAsync(CancellationToken stop)
    {
        var failures = 0;
        while (Next() is { Length: > 0 } waiting)
        {
            try
            {
                await Task.Delay(failures == 0 ? PauseFor(waiting) : MaxPause, time, stop);

                // In the pause, some may have come, and others gone.
                waiting = Snapshot();
                if (waiting.Length == 0)
                    continue;

                await LookAsync(waiting, stop);
                failures = 0;
                onPolled();
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (BatchExportException failure) when (RetryRules.IsTransient(failure) && failures < MaxFailures)
            {
                failures++;
                observer.OnWarning($"{failure.Message} Still waiting for {waiting.Length} runs.");
            }
            catch (Exception failure)
            {
                failures = 0;
                foreach (var item in waiting)
                    End(item, () => item.Ended.TrySetException(failure));
            }
        }
    }

    private TimeSpan PauseFor(Waiting[] waiting)
    {
        var oldest = time.GetUtcNow() - waiting.Min(item => item.Since);
        return Clamp(oldest / PollsPerDuration);
    }

    // Polling ends here, so that the next wait starts it again.
    private Waiting[] Next()
    {
        lock (_gate)
        {
            _isPolling = _waiting.Count > 0;
            return Snapshot();
        }
    }

    private Waiting[] Snapshot()
    {
        lock (_gate)
            return [.. _waiting.Values];
    }

    private async Task LookAsync(IReadOnlyList<Waiting> waiting, CancellationToken stop)
    {
        var listed = new Dictionary<string, BatchExportRun>(StringComparer.OrdinalIgnoreCase);
        await foreach (var run in api.OnDemandRuns.ListAsync(new Paging { First = PageSize }, stop))
            listed[run.RunId!] = run;

        var due = waiting.Where(item => listed.GetValueOrDefault(item.RunId)?.IsFinished != false).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = stop };
        await Parallel.ForEachAsync(due, parallel, async (item, token) =>
        {
            try
            {
                var run = await api.OnDemandRuns.GetAsync(item.RunId, token);
                if (run.IsFinished)
                    End(item, () => item.Ended.TrySetResult(run));
            }
            catch (NotFoundException missing) when (missing.Missing == MissingThing.Item)
            {
                End(item, () => item.Ended.TrySetException(missing));
            }
        });
    }

    private void End(Waiting item, Action end)
    {
        lock (_gate)
            _waiting.Remove(item.RunId);

        end();
    }

    private static TimeSpan Clamp(TimeSpan pause) => pause < MinPause ? MinPause : pause > MaxPause ? MaxPause : pause;

    private sealed class Waiting(string runId, DateTimeOffset since)
    {
        public string RunId => runId;

        public DateTimeOffset Since => since;

        /// <summary>How many wait.</summary>
        public int Count { get; set; }

        public TaskCompletionSource<BatchExportRun> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
