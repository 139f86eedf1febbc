using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PSBatchExports.Http.Pagination;

/// <summary>What .NET 8 lacks for asynchronous sequences.</summary>
internal static class AsyncSequences
{
    public static async IAsyncEnumerable<TResult> Select<T, TResult>(this IAsyncEnumerable<T> source, Func<T, TResult> map, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in source.WithCancellation(cancellationToken))
            yield return map(item);
    }

    /// <summary>What concurrent work makes, as it is made. Work that goes on when the reader leaves is cancelled, and has ended before the reader is gone.</summary>
    public static async IAsyncEnumerable<T> FromWork<T>(Func<Action<T>, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var made = Channel.CreateUnbounded<T>();
        var running = Task.Run(
            async () =>
            {
                try
                {
                    await work(item => made.Writer.TryWrite(item), stop.Token);
                    made.Writer.Complete();
                }
                catch (Exception failure)
                {
                    made.Writer.Complete(failure);
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (var item in made.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    /// <summary>The part of a sequence whose total is unknown.</summary>
    public static async IAsyncEnumerable<T> Part<T>(this IAsyncEnumerable<T> source, Paging paging, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (paging.OnTotal is not null)
            await paging.OnTotal(null);

        if (paging.First == 0)
            yield break;

        var (skip, left) = (paging.Skip, paging.First);
        await foreach (var item in source.WithCancellation(cancellationToken))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            yield return item;
            if (--left == 0)
                yield break;
        }
    }
}
