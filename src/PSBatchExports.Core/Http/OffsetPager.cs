using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports;

/// <summary>Reads lists that go by limit and offset (docs/wire.md, section 5).</summary>
internal static class OffsetPager
{
    private const int PageSize = 100;

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Api api,
        string path,
        JsonTypeInfo<Page<T>> type,
        Func<T, string?> key,
        Paging paging,
        Func<T, bool>? filter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (paging.First == 0 && paging.OnTotal is null)
            yield break;

        var skip = filter is null ? 0 : paging.Skip;
        var left = paging.First;
        var tell = paging.OnTotal;
        var pages = PageReader.ReadAsync(
            api, FirstRequest(path, paging, filter is not null), type, key, results => results, count => filter is null && left <= (ulong)count, cancellationToken);
        await foreach (var (items, count) in pages)
        {
            if (tell is not null)
                await tell(filter is null ? count : null);

            tell = null;
            foreach (var item in items.Where(item => filter?.Invoke(item) != false))
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
}
