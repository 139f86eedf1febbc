using System.Runtime.CompilerServices;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads lists that go by cursor (docs/wire.md, section 5). There is no total.</summary>
internal static class CursorPager
{
    public static IAsyncEnumerable<T> ReadAsync<T>(
        Api api,
        ApiRequest first,
        WireType<Page<T>> type,
        Func<T, string?> key,
        Func<T, bool>? filter,
        Paging paging,
        CancellationToken cancellationToken) =>
        ItemsAsync(api, first, type, key, filter, paging, cancellationToken).Part(paging, cancellationToken);

    private static async IAsyncEnumerable<T> ItemsAsync<T>(
        Api api,
        ApiRequest first,
        WireType<Page<T>> type,
        Func<T, string?> key,
        Func<T, bool>? filter,
        Paging paging,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = 0UL;
        var pages = PageReader.ReadAsync(
            api, first, type, key, results => filter is null ? results : results.Where(filter).ToArray(), count => (found += (uint)count) >= paging.Reach, adjust: null, guess: null, cancellationToken);
        await foreach (var (items, _) in pages)
        {
            foreach (var item in items)
                yield return item;
        }
    }
}
