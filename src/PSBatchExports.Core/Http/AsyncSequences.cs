using System.Runtime.CompilerServices;

namespace PSBatchExports;

/// <summary>What .NET 8 lacks for asynchronous sequences.</summary>
internal static class AsyncSequences
{
    public static async IAsyncEnumerable<TResult> Select<T, TResult>(this IAsyncEnumerable<T> source, Func<T, TResult> map, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in source.WithCancellation(cancellationToken))
            yield return map(item);
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
