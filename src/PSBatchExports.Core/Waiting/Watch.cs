using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Wire;

namespace PSBatchExports.Waiting;

/// <summary>
/// Looks at things until each has ended: all at one pace, many of one list by that list, and each once more when the time is up.
/// </summary>
/// <param name="session">The clock, the pace and the time that there is.</param>
internal abstract class Watch<TReference, T>(WatchSession session)
    where TReference : notnull
    where T : class
{
    // So many are looked at within a second.
    private const int MaxLookedAtSingly = RequestPace.MaxPerSecond;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    protected WatchSession Session => session;

    private DateTimeOffset Now => session.Time.GetUtcNow();

    public Task RunAsync(IReadOnlyList<TReference> references)
    {
        var lists = references.Select(reference => new Watched<TReference, T>(reference)).GroupBy(one => ListOf(one.Reference));
        return Task.WhenAll(lists.Select(list => references.Count > MaxLookedAtSingly && list.Count() > 1
            ? WatchListAsync([.. list])
            : Task.WhenAll(list.Select(one => WatchOneAsync(one, UntilItCanHaveEnded([one]))))));
    }

    /// <summary>What those have in common that are in one list.</summary>
    protected abstract object ListOf(TReference reference);

    /// <summary>Reads a list from its beginning.</summary>
    /// <param name="reference">One of those looked for.</param>
    /// <param name="count">How many are looked for.</param>
    /// <param name="schedule">Sends the request for a page when its turn has come.</param>
    protected abstract IAsyncEnumerable<IReadOnlyList<T>> ListAsync(TReference reference, int count, PageScheduler<T> schedule);

    /// <summary>Reads one thing, by one request.</summary>
    protected abstract Task<T> ReadAsync(Watched<TReference, T> one, CancellationToken cancellationToken);

    /// <summary>What tells a thing from the others of its list, whatever its case.</summary>
    protected abstract string KeyOf(TReference reference);

    /// <summary>Under which keys a thing of the list may be looked for.</summary>
    protected abstract IEnumerable<string?> KeysOf(T listed);

    /// <summary>Whether a thing of the list that has the key is the one that is looked for.</summary>
    protected virtual bool IsIt(T listed, TReference reference) => true;

    /// <summary>Whether a thing may not be there yet because it was just made.</summary>
    protected virtual bool IsExpected(TReference reference) => false;

    protected abstract bool HasEnded(T seen);

    /// <summary>Whether one that has ended is told by its list as fully as by itself.</summary>
    protected abstract bool IsToldByList(TReference reference);

    /// <summary>Before this it cannot have ended; null where that is unknown.</summary>
    protected virtual DateTimeOffset? EndsFrom(TReference reference) => null;

    /// <summary>Adds to one that has ended what takes more looks.</summary>
    protected virtual Task<T> CompleteAsync(Watched<TReference, T> one, T ended) => Task.FromResult(ended);

    protected virtual void OnSeen(T seen)
    {
    }

    /// <summary>Takes what became of one; called from several threads.</summary>
    protected abstract void HandOut(WatchResult<TReference, T> result);

    /// <summary>"run 0197…", or "5 runs".</summary>
    protected abstract string Describe(IReadOnlyList<Watched<TReference, T>> some);

    /// <summary>Sends a request about one that has ended, before all requests about others. An outage is waited out.</summary>
    protected async Task<TAnswer> AskAsync<TAnswer>(Watched<TReference, T> one, Func<CancellationToken, Task<TAnswer>> ask)
    {
        foreach (var pause in session.Pauses())
        {
            try
            {
                return await session.Pace.SendAsync(DateTimeOffset.MinValue, () => session.Limit.AnswerAsync(hasEnded: true, ask), session.Limit.End);
            }
            catch (BatchExportException failure) when (MayPass(failure, one))
            {
                Warn(failure, [one]);
                await Task.Delay(pause, session.Time, session.Limit.End);
            }
        }

        throw new InvalidOperationException("Pauses have no end.");
    }

    private Task WatchOneAsync(Watched<TReference, T> one, TimeSpan rest) => FinallyAsync(one, async () =>
    {
        await RestAsync(one, rest);
        foreach (var pause in session.Pauses())
        {
            if (await LookAsync(one))
                return;

            await RestAsync(one, pause);
        }
    });

    private async Task EndAsync(Watched<TReference, T> one, T ended)
    {
        one.EndedBy ??= Now;
        var last = await CompleteAsync(one, ended);
        HandOut(one.Result with { Last = last, IsComplete = true });
    }

    // However the work ends, something is told.
    private async Task FinallyAsync(Watched<TReference, T> one, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            HandOut(one.Result);
        }
        catch (Exception failure) when (IsOfOne(failure))
        {
            HandOut(one.Result with { Failure = failure });
        }
    }

    // Whether that was the last look.
    private async Task<bool> LookAsync(Watched<TReference, T> one)
    {
        var isLast = false;
        T? seen = null;
        try
        {
            seen = await session.Pace.SendAsync(one.LookedAt, AskAsync, session.Limit.End);
            See(one, seen);
        }
        catch (BatchExportException failure) when (MayPass(failure, one))
        {
            Warn(failure, [one]);
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item && IsExpected(one.Reference))
        {
            // It is looked for again.
        }

        if (seen is not null && HasEnded(seen))
        {
            await EndAsync(one, seen);
            return true;
        }

        if (isLast)
            HandOut(one.Result);

        return isLast;

        Task<T> AskAsync()
        {
            isLast = session.Limit.IsUp && one.EndedBy is null;
            return session.Limit.AnswerAsync(one.EndedBy is not null, token => ReadAsync(one, token));
        }
    }

    private async Task WatchListAsync(List<Watched<TReference, T>> waiting)
    {
        var singly = new List<Task>();
        try
        {
            await session.Limit.RestAsync(UntilItCanHaveEnded(waiting));
            foreach (var pause in session.Pauses())
            {
                (waiting, var others) = await LookAtListAsync(waiting);
                singly.AddRange(others);
                if (waiting.Count <= 1)
                {
                    singly.AddRange(waiting.Select(one => WatchOneAsync(one, pause)));
                    break;
                }

                await session.Limit.RestAsync(pause);
            }
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            waiting.ForEach(one => HandOut(one.Result));
        }

        await Task.WhenAll(singly);
    }

    // Those that go on, and the work for those that do not, or of which the list does not tell enough.
    private async Task<(List<Watched<TReference, T>> Waiting, IEnumerable<Task> Others)> LookAtListAsync(List<Watched<TReference, T>> all)
    {
        var isLast = false;
        var waiting = new List<Watched<TReference, T>>();
        var others = new List<Task>();
        try
        {
            var listed = await ReadListAsync(all, () => isLast = session.Limit.IsUp);
            foreach (var one in all)
            {
                if (IsToWait(one, listed.GetValueOrDefault(KeyOf(one.Reference))))
                    waiting.Add(one);
                else
                    others.Add(one.EndedBy is not null && IsToldByList(one.Reference) ? FinallyAsync(one, () => EndAsync(one, one.Last!)) : WatchOneAsync(one, TimeSpan.Zero));
            }
        }
        catch (BatchExportException failure) when (RetryRules.MayPass(failure))
        {
            waiting.AddRange(all.Where(one => MayPass(failure, one)));
            foreach (var one in all.Except(waiting))
                HandOut(one.Result with { Failure = failure });

            if (waiting.Count > 0)
                Warn(failure, waiting);
        }
        catch (Exception failure) when (IsOfOne(failure))
        {
            // Each tells by itself what is wrong with it.
            return ([], all.Select(one => WatchOneAsync(one, TimeSpan.Zero)).ToArray());
        }

        if (!isLast)
            return (waiting, others);

        waiting.ForEach(one => HandOut(one.Result));
        return ([], others);
    }

    // Whether the list is to be looked at again for it.
    private bool IsToWait(Watched<TReference, T> one, T? listed)
    {
        if (listed is null)
            return IsExpected(one.Reference);

        See(one, listed);
        if (HasEnded(listed))
            one.EndedBy = Now;

        return one.EndedBy is null;
    }

    // Not more pages than it would take requests to look at each of the rest.
    private async Task<Dictionary<string, T>> ReadListAsync(List<Watched<TReference, T>> all, Action onTurn)
    {
        var listed = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var missing = all.Select(one => one.Reference).DistinctBy(KeyOf, StringComparer.OrdinalIgnoreCase).ToDictionary(KeyOf, StringComparer.OrdinalIgnoreCase);
        var lookedAt = all.Min(one => one.LookedAt);
        var pages = 0;
        await foreach (var page in ListAsync(all[0].Reference, all.Count, send => session.Pace.SendAsync(lookedAt, () => AskAsync(send), session.Limit.End)))
        {
            foreach (var thing in page)
            {
                foreach (var key in KeysOf(thing))
                {
                    if (key is not null && missing.TryGetValue(key, out var reference) && IsIt(thing, reference) && missing.Remove(key))
                        listed[key] = thing;
                }
            }

            if (missing.Count <= ++pages)
                break;
        }

        return listed;

        Task<Page<T>> AskAsync(Func<CancellationToken, Task<Page<T>>> send)
        {
            onTurn();
            return session.Limit.AnswerAsync(hasEnded: false, send);
        }
    }

    private void See(Watched<TReference, T> one, T seen)
    {
        one.See(seen, Now);
        OnSeen(seen);
    }

    // One that is known to have ended is looked at when the time is up, too.
    private Task RestAsync(Watched<TReference, T> one, TimeSpan pause) =>
        one.EndedBy is null ? session.Limit.RestAsync(pause) : Task.Delay(pause, session.Time, session.Limit.End);

    private TimeSpan UntilItCanHaveEnded(IEnumerable<Watched<TReference, T>> some)
    {
        if (session.Interval is not null)
            return TimeSpan.Zero;

        var first = some.Min(one => EndsFrom(one.Reference) ?? DateTimeOffset.MinValue);
        return first > Now ? first - Now : TimeSpan.Zero;
    }

    // Not of one that was never seen: nobody knows whether it is there.
    private bool MayPass(BatchExportException failure, Watched<TReference, T> one) =>
        one.Last is not null && RetryRules.MayPass(failure) && Now - one.LookedAt < Patience;

    private void Warn(BatchExportException failure, IReadOnlyList<Watched<TReference, T>> some) =>
        session.Client.Observer.OnWarning($"{failure.Message} Still waiting for {Describe(some)}.");

    private static bool IsOfOne(Exception failure) =>
        failure is BatchExportException or InvalidIdException or FileListGrowingException or RunNotReadyException;
}
