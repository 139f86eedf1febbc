using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PSBatchExports.Http.Pagination;

/// <summary>Asynchronous sequences: what .NET 8 lacks, and a bridge from concurrent work.</summary>
internal static class AsyncSequences
{
    public static async IAsyncEnumerable<T> Empty<T>()
    {
        await Task.CompletedTask;
        yield break;
    }

    public static async IAsyncEnumerable<TResult> Select<T, TResult>(
        this IAsyncEnumerable<T> source, Func<T, TResult> selector, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in source.WithCancellation(cancellationToken))
            yield return selector(item);
    }

    public static async IAsyncEnumerable<TResult> SelectMany<T, TResult>(
        this IAsyncEnumerable<T> source,
        Func<T, IEnumerable<TResult>> selector,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in source.WithCancellation(cancellationToken))
        {
            foreach (var result in selector(item))
                yield return result;
        }
    }

    /// <summary>Streams what concurrent work produces. If the consumer stops early, the work is cancelled and awaited.</summary>
    public static async IAsyncEnumerable<T> FromWork<T>(
        Func<Action<T>, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = Channel.CreateUnbounded<T>();
        var running = Task.Run(RunAsync, CancellationToken.None);
        try
        {
            await foreach (var item in output.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        async Task RunAsync()
        {
            try
            {
                await work(item => output.Writer.TryWrite(item), stop.Token);
                output.Writer.Complete();
            }
            catch (Exception failure)
            {
                output.Writer.Complete(failure);
            }
        }
    }

    /// <summary>A part of a sequence whose total is unknown.</summary>
    public static async IAsyncEnumerable<T> Slice<T>(
        this IAsyncEnumerable<T> source, Paging paging, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (paging.OnTotal is not null)
            await paging.OnTotal(null);

        var slice = new SliceCounter(paging.Skip, paging.First);
        if (slice.IsComplete)
            yield break;

        await foreach (var item in source.WithCancellation(cancellationToken))
        {
            if (!slice.Takes())
                continue;

            yield return item;
            if (slice.IsComplete)
                yield break;
        }
    }
}
