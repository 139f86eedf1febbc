namespace PSBatchExports;

/// <summary>A run to wait for.</summary>
/// <param name="Scope">The project.</param>
/// <param name="RunId">The run.</param>
/// <param name="BatchExportId">The export of a scheduled run; null for a run on demand.</param>
public sealed record RunReference(ApiScope Scope, string RunId, string? BatchExportId = null);

/// <summary>What became of a run that was waited for: its end, a failure to ask, or neither where the time ran out.</summary>
/// <param name="Reference">The run that was waited for.</param>
/// <param name="Run">The run as last seen; null if it was never seen.</param>
/// <param name="Failure">Why asking failed; null if it did not.</param>
public sealed record WaitOutcome(RunReference Reference, BatchExportRun? Run, Exception? Failure)
{
    /// <summary>Whether the time ran out before the run ended, or before its list of files was settled.</summary>
    public bool IsTimedOut => Failure is null && (IsListOpen || Run?.IsFinished != true);

    /// <summary>Whether the run has completed but more files may be listed than it has here.</summary>
    public bool IsListOpen { get; init; }
}

/// <summary>Waits for runs to end, all at once, asking less and less often (docs/wire.md, section 13).</summary>
public sealed class RunWaiter(BatchExportClient client, TimeProvider time)
{
    // The service allows 480 requests a minute and 4,800 an hour: many runs begin at four a second in all and come down to one.
    private const int MostRequestsPerSecond = 4;
    private const int MostRequestsAtOnce = 8;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Hands out each run as it ends, with its files where it has some. A run that was started over this connection is asked about when it can have
    /// ended, any other at once.
    /// </summary>
    /// <param name="runs">The runs.</param>
    /// <param name="timeout">How long to wait for all of them; null for as long as it takes.</param>
    /// <param name="interval">Time between two looks at a run, the first of which is at once; null for 1 s growing to 15 s.</param>
    /// <param name="onSeen">Is told of each look; called from several threads.</param>
    /// <param name="cancellationToken">Ends the waiting, not the runs.</param>
    public IAsyncEnumerable<WaitOutcome> WaitAsync(
        IReadOnlyList<RunReference> runs,
        TimeSpan? timeout = null,
        TimeSpan? interval = null,
        Action<BatchExportRun>? onSeen = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<WaitOutcome>(
            async (handOut, stop) =>
            {
                using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, time);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
                using var places = new SemaphoreSlim(MostRequestsAtOnce);
                var active = runs.Count;
                await Task.WhenAll(runs.Select(async run =>
                {
                    var first = interval is null ? FirstPause(run, timeout) : TimeSpan.Zero;
                    handOut(await new One(this, run, interval, () => Volatile.Read(ref active), places, onSeen).WaitAsync(first, stop, limit.Token));
                    Interlocked.Decrement(ref active);
                }));
            },
            cancellationToken);
    }

    private BatchExportClient Client => client;

    private TimeProvider Time => time;

    // A run that cannot have ended before the time is up is looked at all the same, once at least.
    private TimeSpan FirstPause(RunReference reference, TimeSpan? timeout) =>
        reference.BatchExportId is null && client.Known(reference.RunId).EndsFrom - time.GetUtcNow() is { } pause && pause > TimeSpan.Zero && !(pause >= timeout)
            ? pause
            : TimeSpan.Zero;

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>The wait for one run.</summary>
    private sealed class One(RunWaiter waiter, RunReference reference, TimeSpan? interval, Func<int> active, SemaphoreSlim places, Action<BatchExportRun>? onSeen)
    {
        private readonly BatchExportClient _client = waiter.Client;
        private readonly TimeProvider _time = waiter.Time;
        private BatchExportRun? _run;
        private DateTimeOffset _seenAt;

        public async Task<WaitOutcome> WaitAsync(TimeSpan firstPause, CancellationToken stop, CancellationToken limit)
        {
            _seenAt = _time.GetUtcNow();
            try
            {
                await Task.Delay(firstPause, _time, limit);
                var pause = interval ?? FirstInterval;
                while (await LookAsync(limit) is { IsFinished: false } or null)
                {
                    await Task.Delay(Fair(pause), _time, limit);
                    if (interval is null)
                        pause = Shorter(pause * 1.5, Longer(LongestInterval, TimeSpan.FromSeconds(active())));
                }

                return new WaitOutcome(reference, await SettledAsync(_run!, limit), null);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return new WaitOutcome(reference, _run, null) { IsListOpen = _run?.Status == RunStatus.Completed };
            }
            catch (Exception failure) when (failure is BatchExportException or InvalidIdException or FileListGrowingException or RunNotReadyException)
            {
                return new WaitOutcome(reference, _run, failure);
            }
        }

        private async Task<BatchExportRun> SettledAsync(BatchExportRun run, CancellationToken limit)
        {
            if (reference.BatchExportId is not null || run is not { Status: RunStatus.Completed, Files: not null })
                return run;

            var lists = _client.Files.Lists;
            var pause = Fair(Shorter(interval ?? FileListReader.Pause, FileListReader.Pause));
            return (await lists.SettleAsync(lists.Accept(reference.Scope, run), pause, LookUntilSeenAsync, onWait: null, limit)).Run;
        }

        private async Task<BatchExportRun> LookUntilSeenAsync(CancellationToken limit)
        {
            while (true)
            {
                if (await LookAsync(limit) is { } run)
                    return run;

                await Task.Delay(Fair(interval ?? FirstInterval), _time, limit);
            }
        }

        // Null where the service could not be asked but may be later.
        private async Task<BatchExportRun?> LookAsync(CancellationToken limit)
        {
            try
            {
                await places.WaitAsync(limit);
                try
                {
                    _run = await GetAsync(limit);
                }
                finally
                {
                    places.Release();
                }

                _seenAt = _time.GetUtcNow();
                onSeen?.Invoke(_run);
                return _run;
            }
            catch (BatchExportException failure) when (_run is not null && RetryRules.MayPass(failure) && _time.GetUtcNow() - _seenAt < Patience)
            {
                _client.Observer.OnWarning($"{failure.Message} Still waiting for run {reference.RunId}.");
                return null;
            }
        }

        private Task<BatchExportRun> GetAsync(CancellationToken cancellationToken) => reference.BatchExportId is { } export
            ? _client.Runs.GetAsync(reference.Scope, export, reference.RunId, cancellationToken)
            : _client.OnDemandRuns.GetAsync(reference.Scope, reference.RunId, cancellationToken);

        private TimeSpan Fair(TimeSpan pause) => Longer(pause, TimeSpan.FromSeconds((double)active() / MostRequestsPerSecond));
    }
}
