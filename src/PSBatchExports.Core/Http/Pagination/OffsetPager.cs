using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads lists that go by limit and offset (docs/wire.md, section 5).</summary>
internal static partial class OffsetPager
{
    /// <summary>The service's own: a first page that is as quick as any.</summary>
    private const int PageSize = 100;

    /// <summary>Of a long list the time goes into requests (bench/README.md).</summary>
    private const int FurtherPageSize = 500;

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Api api,
        string path,
        WireType<Page<T>> type,
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
            api,
            FirstRequest(api, path, paging, filter is not null),
            type,
            key,
            results => results,
            count => filter is null && left <= (ulong)count,
            (next, count) => Limit().Replace(next, $"limit={(filter is null ? Math.Min(left - (ulong)count, FurtherPageSize) : FurtherPageSize)}"),
            (request, total) => After(request, total, filter is null ? paging.Reach : ulong.MaxValue),
            cancellationToken);
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

    private static ApiRequest FirstRequest(Api api, string path, Paging paging, bool isFiltered)
    {
        var limit = isFiltered ? PageSize : (long)Math.Clamp(paging.First, 1, PageSize);
        var offset = isFiltered ? 0 : (long)Math.Min(paging.Skip, long.MaxValue);
        var query = new Query().Add("limit", limit);
        if (offset > 0)
            query.Add("offset", offset);

        return api.Get(path, query.ToString());
    }

    // Null behind the end of the list, and where a whole page would be more than is wanted.
    private static ApiRequest? After(ApiRequest request, long total, ulong wanted)
    {
        var offset = Offset().Match(request.Query);
        if (!offset.Success || !request.Query.Contains($"limit={FurtherPageSize}&", StringComparison.Ordinal))
            return null;

        var next = long.Parse(offset.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) + FurtherPageSize;
        return next < total && (ulong)next + FurtherPageSize <= wanted ? request with { Query = Offset().Replace(request.Query, next.ToString(CultureInfo.InvariantCulture)) } : null;
    }

    [GeneratedRegex("(?<=[?&]offset=)[0-9]{1,9}(?=&|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Offset();

    [GeneratedRegex("(?<=[?&])limit=(100|500)(?=&|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Limit();
}
