using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports;

/// <summary>Reads lists that go by cursor (docs/wire.md, section 5): streams them, and fetches the next page while this one is consumed. There is no total.</summary>
internal static class CursorPager
{
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Api api,
        ApiRequest first,
        JsonTypeInfo<CursorPage<T>> type,
        Func<T, bool>? filter,
        Paging paging,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (paging.OnTotal is not null)
            await paging.OnTotal(null);

        if (paging.First == 0)
            yield break;

        var skip = paging.Skip;
        var left = paging.First;
        await foreach (var items in PagesAsync(api, first, type, filter, count => skip < (ulong)count && left <= (ulong)count - skip, cancellationToken))
        {
            foreach (var item in items)
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

    private static async IAsyncEnumerable<IReadOnlyList<T>> PagesAsync<T>(
        Api api,
        ApiRequest first,
        JsonTypeInfo<CursorPage<T>> type,
        Func<T, bool>? filter,
        Func<int, bool> isEnough,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var links = new PageLinks(api.Transport, first);
        Task<CursorPage<T>>? fetching = api.SendAsync(first, type, stop.Token);
        try
        {
            while (fetching is not null)
            {
                var page = await fetching;
                fetching = null;
                var found = page.Results ?? [];
                var items = filter is null ? found : found.Where(filter).ToArray();
                if (page.Next is { Length: > 0 } next && found.Count > 0 && !isEnough(items.Count))
                    fetching = Prefetch.StartAsync(api, links, next, type, stop.Token);

                yield return items;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Prefetch.EndAsync(fetching);
        }
    }
}
