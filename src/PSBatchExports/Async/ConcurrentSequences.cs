using System.Runtime.CompilerServices;

namespace PSBatchExports.Async;

/// <summary>Sequences of concurrent work.</summary>
internal static class ConcurrentSequences
{
    /// <summary>
    /// Works on items concurrently and returns them with their work, in order, as soon as the work on each has ended. Whoever stops early
    /// cancels and awaits the rest.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="maxConcurrent">How many are worked on at once, and how far the work runs ahead of the consumer.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static async IAsyncEnumerable<(T Item, Task<TResult> Work)> SelectConcurrently<T, TResult>(
        this IEnumerable<T> items,
        int maxConcurrent,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var unstarted = items.GetEnumerator();
        var started = new Queue<(T Item, Task<TResult> Work)>();
        try
        {
            while (true)
            {
                while (started.Count < maxConcurrent && unstarted.MoveNext())
                {
                    var item = unstarted.Current;
                    started.Enqueue((item, Task.Run(() => work(item, stop.Token), stop.Token)));
                }

                if (started.Count == 0)
                    yield break;

                await ((Task)started.Peek().Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                yield return started.Dequeue();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(started.Select(item => item.Work)).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
