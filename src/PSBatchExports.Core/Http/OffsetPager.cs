using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports;

/// <summary>Reads lists that go by limit and offset (docs/wire.md, section 5): streams them, and fetches the next page while this one is consumed.</summary>
internal static class OffsetPager
{
    private const int PageSize = 100;

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Api api,
        string path,
        JsonTypeInfo<OffsetPage<T>> type,
        Func<T, string?> key,
        Paging paging,
        Func<T, bool>? filter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (paging.First == 0 && paging.OnTotal is null)
            yield break;

        var skip = filter is null ? 0 : paging.Skip;
        var left = paging.First;
        await foreach (var page in PagesAsync(api, FirstRequest(path, paging, filter is not null), type, key, page => IsLast(page, left, filter is not null), cancellationToken))
        {
            if (page.IsFirst && paging.OnTotal is not null)
                await paging.OnTotal(filter is null ? page.Count : null);

            foreach (var item in page.Items.Where(item => filter?.Invoke(item) != false))
            {
                if (left == 0)
                    yield break;

                if (skip > 0)
                {
                    skip--;
                    continue;
                }

                left--;
                yield return item;
            }

            if (left == 0)
                yield break;
        }
    }

    private static ApiRequest FirstRequest(string path, Paging paging, bool isFiltered)
    {
        var limit = isFiltered ? PageSize : (long)Math.Clamp(paging.First, 1, PageSize);
        var offset = isFiltered ? 0 : (long)Math.Min(paging.Skip, long.MaxValue);
        var query = new Query().Add("limit", limit);
        if (offset > 0)
            query.Add("offset", offset);

        return ApiRequest.Get(path, query.ToString());
    }

    private static bool IsLast(int itemsInPage, ulong left, bool isFiltered) => !isFiltered && left <= (ulong)itemsInPage;

    private static async IAsyncEnumerable<Page<T>> PagesAsync<T>(
        Api api,
        ApiRequest first,
        JsonTypeInfo<OffsetPage<T>> type,
        Func<T, string?> key,
        Func<int, bool> isEnough,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var links = new PageLinks(api.Transport, first);
        var keys = new SeenKeys();
        Task<OffsetPage<T>>? fetching = api.SendAsync(first, type, stop.Token);
        try
        {
            var isFirst = true;
            while (fetching is not null)
            {
                var page = await fetching;
                fetching = null;
                var results = page.Results ?? [];
                var items = keys.NewOf(results, key);
                if (page.Next is { Length: > 0 } next && results.Count > 0 && !isEnough(items.Length))
                    fetching = Prefetch.StartAsync(api, links, next, type, stop.Token);

                yield return new Page<T>(items, page.Count, isFirst);
                isFirst = false;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Prefetch.EndAsync(fetching);
        }
    }

    private sealed record Page<T>(IReadOnlyList<T> Items, long? Count, bool IsFirst);

    /// <summary>The keys of this page and the one before: a list that grows while it is read moves items to the next page.</summary>
    private sealed class SeenKeys
    {
        private HashSet<string> _before = [];
        private HashSet<string> _current = [];

        public T[] NewOf<T>(IEnumerable<T> page, Func<T, string?> key)
        {
            (_before, _current) = (_current, _before);
            _current.Clear();
            return page.Where(item => key(item) is not { } text || (_current.Add(text) && !_before.Contains(text))).ToArray();
        }
    }
}
