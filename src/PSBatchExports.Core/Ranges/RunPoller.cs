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
internal sealed class RunPoller(ScopedClient api, IRequestObserver observer, TimeProvider time, Action onPolled)
{
    private const int PageSize = 100;

    // A run is noticed to have ended after a twentieth of its duration.
    private const int PollsPerDuration = 20;

    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxOutage = TimeSpan.FromMinutes(15);

    private readonly object _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private bool _isPolling;

    /// <summary>Returns a run once it has ended, and its files are listed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="stop">Stops the wait for all runs.</param>
    /// <exception cref="BatchExportException">The run cannot be read.</exception>
    public async Task<BatchExportRun> WaitAsync(string runId, CancellationToken stop)
    {
        Task<BatchExportRun> ended;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(runId, out var waiting))
                _waiting[runId] = waiting = new Waiting(runId, time.GetUtcNow());

            ended = waiting.Ended.Task;
            if (!_isPolling)
            {
                _isPolling = true;
                _ = PollAsync(stop);
            }
        }

        return await ended.WaitAsync(stop);
    }

    private async Task PollAsync(CancellationToken stop)
    {
        var lastAnswer = time.GetUtcNow();
        try
        {
            while (Snapshot() is { Length: > 0 } waiting)
            {
                var oldest = time.GetUtcNow() - waiting.Min(item => item.Since);
                await Task.Delay(Clamp(oldest / PollsPerDuration), time, stop);
                try
                {
                    await LookAsync(waiting, stop);
                    lastAnswer = time.GetUtcNow();
                    onPolled();
                }
                catch (BatchExportException failure) when (
                    RetryRules.IsTransient(failure) && time.GetUtcNow() - lastAnswer < MaxOutage)
                {
                    observer.OnWarning($"{failure.Message} Still waiting for {waiting.Length} runs.");
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    foreach (var item in waiting)
                        End(item, () => item.Ended.TrySetException(failure));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Those who wait have the same token.
        }
    }

    private Waiting[] Snapshot()
    {
        lock (_gate)
        {
            _isPolling = _waiting.Count > 0;
            return [.. _waiting.Values];
        }
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

    private sealed record Waiting(string RunId, DateTimeOffset Since)
    {
        public TaskCompletionSource<BatchExportRun> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
