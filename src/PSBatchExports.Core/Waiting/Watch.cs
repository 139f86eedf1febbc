using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Wire;

namespace PSBatchExports.Waiting;

/// <summary>
/// Polls items until each has ended. All share one pace, many items of one list are polled by that list, and each is polled once more at
/// the deadline.
/// </summary>
/// <param name="session">What all polls share.</param>
internal abstract class Watch<TReference, T>(WatchSession session)
    where TReference : notnull
    where T : class
{
    // More would take longer than a second.
    private const int MaxPolledIndividually = RequestPace.MaxPerSecond;

    private static readonly TimeSpan MaxOutage = TimeSpan.FromMinutes(15);

    protected WatchSession Session => session;

    private DateTimeOffset Now => session.Time.GetUtcNow();

    public Task RunAsync(IReadOnlyList<TReference> references)
    {
        var lists = references.Select(reference => new WatchedItem<TReference, T>(reference)).GroupBy(item => ListOf(item.Reference));
        return Task.WhenAll(lists.Select(WatchAsync));

        Task WatchAsync(IEnumerable<WatchedItem<TReference, T>> list)
        {
            var items = list.ToList();
            return references.Count > MaxPolledIndividually && items.Count > 1
                ? WatchListAsync(items)
                : Task.WhenAll(items.Select(item => WatchOneAsync(item, TimeUntilEarliestEnd([item]))));
        }
    }

    /// <summary>The list that an item is in; equal for items of one list.</summary>
    protected abstract object ListOf(TReference reference);

    /// <summary>Reads a list from its beginning.</summary>
    /// <param name="reference">One of the wanted items.</param>
    /// <param name="count">How many items are wanted.</param>
    /// <param name="schedule">Sends the request for a page when its turn has come.</param>
    protected abstract IAsyncEnumerable<IReadOnlyList<T>> ListAsync(TReference reference, int count, PageScheduler<T> schedule);

    /// <summary>Reads one item, with one request.</summary>
    protected abstract Task<T> ReadAsync(WatchedItem<TReference, T> item, CancellationToken cancellationToken);

    /// <summary>The key by which an item is found in its list, without regard to case.</summary>
    protected abstract string KeyOf(TReference reference);

    /// <summary>The keys under which a listed item may be wanted.</summary>
    protected abstract IEnumerable<string?> KeysOf(T listed);

    /// <summary>Whether a listed item with the key of a wanted one is that one.</summary>
    protected virtual bool IsMatch(T listed, TReference reference) => true;

    /// <summary>Whether the service may not show an item yet because it was just created.</summary>
    protected virtual bool IsExpected(TReference reference) => false;

    protected abstract bool HasEnded(T polled);

    /// <summary>Whether the list shows as much of an item that has ended as the item itself.</summary>
    protected abstract bool IsCompleteInList(TReference reference);

    /// <summary>The earliest time at which an item can have ended; null if unknown.</summary>
    protected virtual DateTimeOffset? EarliestEnd(TReference reference) => null;

    /// <summary>Reads what else is reported of an item that has ended.</summary>
    protected virtual Task<T> CompleteAsync(WatchedItem<TReference, T> item, T ended) => Task.FromResult(ended);

    protected virtual void OnPolled(T polled)
    {
    }

    /// <summary>Takes the result of an item; called from several threads.</summary>
    protected abstract void Report(WatchResult<TReference, T> result);

    /// <summary>"run 0197…", or "5 runs".</summary>
    protected abstract string Describe(IReadOnlyList<WatchedItem<TReference, T>> items);

    /// <summary>Sends a request about an item that has ended, ahead of all others. Waits out an outage.</summary>
    protected async Task<TAnswer> AskAsync<TAnswer>(WatchedItem<TReference, T> item, Func<CancellationToken, Task<TAnswer>> ask)
    {
        foreach (var pause in session.Pauses())
        {
            try
            {
                return await session.Pace.SendAsync(DateTimeOffset.MinValue, SendAsync, session.Deadline.End);
            }
            catch (BatchExportException failure) when (IsOutage(failure, item))
            {
                Warn(failure, [item]);
                await Task.Delay(pause, session.Time, session.Deadline.End);
            }
        }

        throw new InvalidOperationException("Pauses have no end.");

        Task<TAnswer> SendAsync() => session.Deadline.WithDeadlineAsync(hasEnded: true, ask);
    }

    private Task WatchOneAsync(WatchedItem<TReference, T> item, TimeSpan firstPause)
    {
        return ReportFailureAsync(item, PollUntilEndAsync);

        async Task PollUntilEndAsync()
        {
            await PauseAsync(item, firstPause);
            foreach (var pause in session.Pauses())
            {
                if (await PollAsync(item))
                    return;

                await PauseAsync(item, pause);
            }
        }
    }

    private async Task EndAsync(WatchedItem<TReference, T> item, T ended)
    {
        item.EndedBy ??= Now;
        var last = await CompleteAsync(item, ended);
        Report(item.Result with { Last = last, IsComplete = true });
    }

    // Every item is reported, however the work on it ends.
    private async Task ReportFailureAsync(WatchedItem<TReference, T> item, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            Report(item.Result);
        }
        catch (Exception failure) when (IsFailureOfItem(failure))
        {
            Report(item.Result with { Failure = failure });
        }
    }

    // Whether that was the last poll.
    private async Task<bool> PollAsync(WatchedItem<TReference, T> item)
    {
        var isLast = false;
        T? polled = null;
        try
        {
            polled = await session.Pace.SendAsync(item.LookedAt, AskAsync, session.Deadline.End);
            Update(item, polled);
        }
        catch (BatchExportException failure) when (IsOutage(failure, item))
        {
            Warn(failure, [item]);
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item && IsExpected(item.Reference))
        {
            // The service does not show it yet.
        }

        if (polled is not null && HasEnded(polled))
        {
            await EndAsync(item, polled);
            return true;
        }

        if (isLast)
            Report(item.Result);

        return isLast;

        Task<T> AskAsync()
        {
            isLast = session.Deadline.HasPassed && item.EndedBy is null;
            return session.Deadline.WithDeadlineAsync(item.EndedBy is not null, token => ReadAsync(item, token));
        }
    }

    private async Task WatchListAsync(List<WatchedItem<TReference, T>> waiting)
    {
        var individual = new List<Task>();
        try
        {
            await session.Deadline.PauseAsync(TimeUntilEarliestEnd(waiting));
            foreach (var pause in session.Pauses())
            {
                (waiting, var others) = await PollListAsync(waiting);
                individual.AddRange(others);
                if (waiting.Count <= 1)
                {
                    individual.AddRange(waiting.Select(item => WatchOneAsync(item, pause)));
                    break;
                }

                await session.Deadline.PauseAsync(pause);
            }
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            waiting.ForEach(item => Report(item.Result));
        }

        await Task.WhenAll(individual);
    }

    // The items still waited for by the list, and the work on those that have ended or that the list does not show.
    private async Task<(List<WatchedItem<TReference, T>> Waiting, IEnumerable<Task> Others)> PollListAsync(
        List<WatchedItem<TReference, T>> items)
    {
        var isLast = false;
        var waiting = new List<WatchedItem<TReference, T>>();
        var others = new List<Task>();
        try
        {
            var listed = await ReadListAsync(items, () => isLast = session.Deadline.HasPassed);
            foreach (var item in items)
            {
                if (IsStillWaitedFor(item, listed.GetValueOrDefault(KeyOf(item.Reference))))
                    waiting.Add(item);
                else if (item.EndedBy is not null && IsCompleteInList(item.Reference))
                    others.Add(ReportFailureAsync(item, () => EndAsync(item, item.Last!)));
                else
                    others.Add(WatchOneAsync(item, TimeSpan.Zero));
            }
        }
        catch (BatchExportException failure) when (RetryRules.IsTransient(failure))
        {
            waiting.AddRange(items.Where(item => IsOutage(failure, item)));
            foreach (var item in items.Except(waiting))
                Report(item.Result with { Failure = failure });

            if (waiting.Count > 0)
                Warn(failure, waiting);
        }
        catch (Exception failure) when (IsFailureOfItem(failure))
        {
            // Polled by itself, each item reports its own failure.
            return ([], items.Select(item => WatchOneAsync(item, TimeSpan.Zero)).ToArray());
        }

        if (!isLast)
            return (waiting, others);

        waiting.ForEach(item => Report(item.Result));
        return ([], others);
    }

    private bool IsStillWaitedFor(WatchedItem<TReference, T> item, T? listed)
    {
        if (listed is null)
            return IsExpected(item.Reference);

        Update(item, listed);
        if (HasEnded(listed))
            item.EndedBy = Now;

        return item.EndedBy is null;
    }

    // Stops when the items not found yet cost fewer requests individually.
    private async Task<Dictionary<string, T>> ReadListAsync(List<WatchedItem<TReference, T>> items, Action onTurn)
    {
        var listed = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        var missing = items
            .Select(item => item.Reference)
            .DistinctBy(KeyOf, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(KeyOf, StringComparer.OrdinalIgnoreCase);
        var lookedAt = items.Min(item => item.LookedAt);
        var pages = 0;
        await foreach (var page in ListAsync(items[0].Reference, items.Count, ScheduleAsync))
        {
            foreach (var candidate in page)
            {
                foreach (var key in KeysOf(candidate).OfType<string>())
                {
                    if (missing.TryGetValue(key, out var reference) && IsMatch(candidate, reference) && missing.Remove(key))
                        listed[key] = candidate;
                }
            }

            if (missing.Count <= ++pages)
                break;
        }

        return listed;

        Task<Page<T>> ScheduleAsync(Func<CancellationToken, Task<Page<T>>> send)
        {
            return session.Pace.SendAsync(lookedAt, AskAsync, session.Deadline.End);

            Task<Page<T>> AskAsync()
            {
                onTurn();
                return session.Deadline.WithDeadlineAsync(hasEnded: false, send);
            }
        }
    }

    private void Update(WatchedItem<TReference, T> item, T polled)
    {
        item.Update(polled, Now);
        OnPolled(polled);
    }

    // An item that is known to have ended is polled beyond the deadline, too.
    private Task PauseAsync(WatchedItem<TReference, T> item, TimeSpan pause) =>
        item.EndedBy is null ? session.Deadline.PauseAsync(pause) : Task.Delay(pause, session.Time, session.Deadline.End);

    private TimeSpan TimeUntilEarliestEnd(IEnumerable<WatchedItem<TReference, T>> items)
    {
        if (session.Interval is not null)
            return TimeSpan.Zero;

        var first = items.Min(item => EarliestEnd(item.Reference) ?? DateTimeOffset.MinValue);
        return first > Now ? first - Now : TimeSpan.Zero;
    }

    // Not for an item that was never seen: it may not exist.
    private bool IsOutage(BatchExportException failure, WatchedItem<TReference, T> item) =>
        item.Last is not null && RetryRules.IsTransient(failure) && Now - item.LookedAt < MaxOutage;

    private void Warn(BatchExportException failure, IReadOnlyList<WatchedItem<TReference, T>> items) =>
        session.Client.Observer.OnWarning($"{failure.Message} Still waiting for {Describe(items)}.");

    private static bool IsFailureOfItem(Exception failure) =>
        failure is BatchExportException or InvalidIdException or FileListGrowingException or RunNotReadyException;
}
