using System.Runtime.CompilerServices;
using System.Threading.Channels;

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
            await EndAsync(stop, started.Select(item => item.Work));
        }
    }

    /// <summary>
    /// Reads sequences concurrently and returns each with its items, in order, while they arrive. The items are to be read, until the end
    /// or a failure, before the next sequence is asked for. Whoever stops early cancels and awaits the rest.
    /// </summary>
    /// <param name="sources">What to read.</param>
    /// <param name="maxConcurrent">How many are read at once.</param>
    /// <param name="maxAhead">How many items of each are read ahead of the consumer.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static async IAsyncEnumerable<(TSource Source, IAsyncEnumerable<T> Items)> ReadConcurrently<TSource, T>(
        this IEnumerable<TSource> sources,
        int maxConcurrent,
        int maxAhead,
        Func<TSource, CancellationToken, IAsyncEnumerable<T>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var unstarted = sources.GetEnumerator();
        var started = new Queue<(TSource Source, Channel<T> Items, Task Reading)>();
        try
        {
            while (true)
            {
                while (started.Count < maxConcurrent && unstarted.MoveNext())
                {
                    var source = unstarted.Current;
                    var items = Channel.CreateBounded<T>(maxAhead);
                    var filling = Task.Run(() => FillAsync(items.Writer, read(source, stop.Token)), CancellationToken.None);
                    started.Enqueue((source, items, filling));
                }

                if (started.Count == 0)
                    yield break;

                var (next, channel, reading) = started.Peek();
                yield return (next, channel.Reader.ReadAllAsync(cancellationToken));
                await reading;
                started.Dequeue();
            }
        }
        finally
        {
            await EndAsync(stop, started.Select(sequence => sequence.Reading));
        }

        async Task FillAsync(ChannelWriter<T> writer, IAsyncEnumerable<T> items)
        {
            try
            {
                await foreach (var item in items.WithCancellation(stop.Token))
                    await writer.WriteAsync(item, stop.Token);

                writer.Complete();
            }
            catch (Exception failure)
            {
                writer.Complete(failure);
            }
        }
    }

    private static async Task EndAsync(CancellationTokenSource stop, IEnumerable<Task> work)
    {
        await stop.CancelAsync();
        await Task.WhenAll(work).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
