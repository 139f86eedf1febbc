using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>
/// Writes several lists, such as those of several projects, read concurrently, in order and as the items arrive. -Skip and -First apply to
/// each list.
/// </summary>
/// <param name="pipeline">The pipeline to write to.</param>
/// <param name="parameters">-Skip, -First and -IncludeTotalCount.</param>
/// <param name="activity">What progress shows.</param>
/// <param name="maxConcurrent">How many lists are read at once.</param>
internal sealed class ConcurrentLists<TJob, T>(AsyncPipeline pipeline, PagingParameters parameters, string activity, int maxConcurrent)
{
    private const int MaxAhead = 256;

    /// <summary>Whether there was a list, and every one was read to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <param name="jobs">What to read the lists of.</param>
    /// <param name="read">Reads a list.</param>
    /// <param name="guard">Runs the writing of a list; a failure becomes an error for it.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async Task WriteAsync(
        IReadOnlyList<TJob> jobs,
        Func<TJob, Paging, CancellationToken, IAsyncEnumerable<T>> read,
        Func<TJob, Func<Task>, Task> guard,
        CancellationToken cancellationToken)
    {
        var progress = new ListProgress(pipeline, activity);
        IsComplete = jobs.Count > 0;
        try
        {
            if (jobs is [var only])
            {
                var paging = parameters.ToPaging(pipeline);
                await guard(only, () => WriteAsync(read(only, paging, cancellationToken), progress, cancellationToken));
                return;
            }

            var lists = jobs.Select(job => new PagedList(job)).ReadConcurrently(
                maxConcurrent, MaxAhead, (list, stop) => read(list.Job, PagingOf(list), stop), cancellationToken);
            await foreach (var (list, items) in lists.WithCancellation(cancellationToken))
                await guard(list.Job, () => WriteAsync(WithTotal(list, items), progress, cancellationToken));
        }
        finally
        {
            progress.Complete();
        }
    }

    private async Task WriteAsync(IAsyncEnumerable<T> items, ListProgress progress, CancellationToken cancellationToken)
    {
        var left = parameters.First;
        var wasComplete = IsComplete;
        IsComplete = false;
        await pipeline.WriteAllAsync(items, progress, _ => left--, cancellationToken);
        IsComplete = wasComplete && left > 0;
    }

    // The total of a list is written when it is that list's turn.
    private Paging PagingOf(PagedList list)
    {
        var paging = parameters.ToPaging(pipeline);
        return paging.OnTotal is null ? paging : paging with { OnTotal = KeepTotal };

        ValueTask KeepTotal(long? total)
        {
            list.Total = parameters.NewTotalCount((ulong)Math.Max(0, total ?? 0), total is null ? 0.0 : 1.0);
            return ValueTask.CompletedTask;
        }
    }

    private async IAsyncEnumerable<T> WithTotal(PagedList list, IAsyncEnumerable<T> items)
    {
        await foreach (var item in items)
        {
            await WriteTotalAsync(list);
            yield return item;
        }

        await WriteTotalAsync(list);
    }

    private async Task WriteTotalAsync(PagedList list)
    {
        if (list.Total is not { } total)
            return;

        list.Total = null;
        await pipeline.WriteObjectAsync(total);
    }

    private sealed class PagedList(TJob job)
    {
        public TJob Job { get; } = job;

        public object? Total { get; set; }
    }
}
