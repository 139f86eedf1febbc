namespace PSBatchExports;

/// <summary>
/// Looks at things until each has ended: all at one pace, many of one list by that list, and each once more when the time is up.
/// </summary>
/// <param name="session">The clock, the pace and the time that there is.</param>
/// <param name="handOut">Takes what became of each thing; called from several threads.</param>
internal abstract class Watch<TReference, T>(WatchSession session, Action<WatchResult<TReference, T>> handOut)
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
    /// <param name="inTurn">Sends the request for a page when its turn has come.</param>
    protected abstract IAsyncEnumerable<IReadOnlyList<T>> ListAsync(TReference reference, int count, Func<Func<CancellationToken, Task<Page<T>>>, Task<Page<T>>> inTurn);

    /// <summary>Reads one thing, by one request.</summary>
    protected abstract Task<T> ReadAsync(TReference reference, CancellationToken cancellationToken);

    protected abstract string? IdOf(T listed);

    protected abstract string IdOf(TReference reference);

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

    private async Task WatchOneAsync(Watched<TReference, T> one, TimeSpan rest)
    {
        try
        {
            await RestAsync(one, rest);
            foreach (var pause in session.Pauses())
            {
                if (await LookAsync(one))
                    return;

                await RestAsync(one, pause);
            }
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            handOut(one.Result);
        }
        catch (Exception failure) when (IsOfOne(failure))
        {
            handOut(one.Result with { Failure = failure });
        }
    }

    // Whether that was the last look.
    private async Task<bool> LookAsync(Watched<TReference, T> one)
    {
        var isLast = false;
        try
        {
            var seen = await session.Pace.SendAsync(one.LookedAt, AskAsync, session.Limit.End);
            See(one, seen);
            if (HasEnded(seen))
            {
                one.EndedBy ??= Now;
                handOut(one.Result with { Last = await CompleteAsync(one, seen), IsComplete = true });
                return true;
            }
        }
        catch (BatchExportException failure) when (MayPass(failure, one))
        {
            Warn(failure, [one]);
        }

        if (isLast)
            handOut(one.Result);

        return isLast;

        Task<T> AskAsync()
        {
            isLast = session.Limit.IsUp && one.EndedBy is null;
            return session.Limit.AnswerAsync(one.EndedBy is not null, token => ReadAsync(one.Reference, token));
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
                singly.AddRange(others.Select(one => WatchOneAsync(one, TimeSpan.Zero)));
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
            waiting.ForEach(one => handOut(one.Result));
        }

        await Task.WhenAll(singly);
    }

    // Those that go on, and those of which the list does not tell enough.
    private async Task<(List<Watched<TReference, T>> Waiting, List<Watched<TReference, T>> Others)> LookAtListAsync(List<Watched<TReference, T>> all)
    {
        var isLast = false;
        List<Watched<TReference, T>> waiting = [], others = [];
        try
        {
            var listed = await ReadListAsync(all, () => isLast = session.Limit.IsUp);
            foreach (var one in all)
            {
                if (IsOver(one, listed.GetValueOrDefault(IdOf(one.Reference))) is not { } isOver)
                    others.Add(one);
                else if (!isOver)
                    waiting.Add(one);
            }
        }
        catch (BatchExportException failure) when (RetryRules.MayPass(failure))
        {
            waiting.AddRange(all.Where(one => MayPass(failure, one)));
            foreach (var one in all.Except(waiting))
                handOut(one.Result with { Failure = failure });

            if (waiting.Count > 0)
                Warn(failure, waiting);
        }
        catch (Exception failure) when (IsOfOne(failure))
        {
            // Each tells by itself what is wrong with it.
            return ([], all);
        }

        if (!isLast)
            return (waiting, others);

        waiting.ForEach(one => handOut(one.Result));
        return ([], others);
    }

    // Null where a look at the thing itself has to tell.
    private bool? IsOver(Watched<TReference, T> one, T? listed)
    {
        if (listed is null)
            return null;

        See(one, listed);
        if (!HasEnded(listed))
            return false;

        one.EndedBy = Now;
        if (!IsToldByList(one.Reference))
            return null;

        handOut(one.Result with { IsComplete = true });
        return true;
    }

    // Not more pages than it would take requests to look at each of the rest.
    private async Task<Dictionary<string, T>> ReadListAsync(List<Watched<TReference, T>> all, Action onTurn)
    {
        var listed = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var missing = all.Select(one => IdOf(one.Reference)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var lookedAt = all.Min(one => one.LookedAt);
        var pages = 0;
        await foreach (var page in ListAsync(all[0].Reference, all.Count, send => session.Pace.SendAsync(lookedAt, () => AskAsync(send), session.Limit.End)))
        {
            foreach (var thing in page)
            {
                if (IdOf(thing) is { } id && missing.Remove(id))
                    listed[id] = thing;
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
