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
}
