using System.Runtime.CompilerServices;
using PSBatchExports.Json;

namespace PSBatchExports.Http.Pagination;

/// <summary>
/// Reads a list with limit and offset (docs/wire.md, section 5). It computes its requests itself as long as the service links to the same
/// pages; any other link is followed unchanged.
/// </summary>
internal sealed class OffsetWalk<T>(Api api, string path, JsonRead<T> read, Func<T, string?> key)
    : PageWalk<T>(api, read, key)
    where T : class
{
    // The service's default: the first page arrives as fast as any.
    private const int FirstPageSize = 100;

    // Most of the time for a long list is spent per request (bench/README.md).
    private const int NextPageSize = 500;

    public override async IAsyncEnumerable<T> ReadAsync(Paging paging, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (paging is { First: 0, OnTotal: null })
            yield break;

        // The service can skip only if no filter decides what counts.
        var (first, slice, wanted) = Filter is null
            ? (FirstRequest(paging.Skip, paging.First), new SliceCounter(0, paging.First), paging.First)
            : (FirstRequest(skip: 0, FirstPageSize), new SliceCounter(paging.Skip, paging.First), paging.MaxRead);
        var onTotal = paging.OnTotal;
        await foreach (var page in ReadPagesAsync(first, wanted, cancellationToken))
        {
            if (onTotal is not null)
                await onTotal(Filter is null ? page.Count : null);

            onTotal = null;
            foreach (var item in page.Results)
            {
                if (slice.IsComplete)
                    yield break;

                if (slice.Takes())
                    yield return item;
            }

            if (slice.IsComplete)
                yield break;
        }
    }

    protected override ApiRequest Next(ApiRequest current, ApiRequest linked, ulong remaining)
    {
        if (linked.Path != current.Path
            || OffsetWindow.Parse(current.Query) is not { } here
            || OffsetWindow.Parse(linked.Query)?.Offset != here.End)
        {
            return linked;
        }

        var limit = Filter is null ? (long)Math.Min(remaining, NextPageSize) : NextPageSize;
        return linked with { Query = new OffsetWindow(limit, here.End).ToQuery() };
    }

    // Only full pages, and only those of which every item is wanted.
    protected override IEnumerable<ApiRequest> Predict(ApiRequest request, long total, ulong remaining)
    {
        if (OffsetWindow.Parse(request.Query) is not { Limit: NextPageSize } window)
            yield break;

        var needed = 2UL * NextPageSize;
        for (var offset = window.End; offset < total && (Filter is not null || needed <= remaining); offset += NextPageSize)
        {
            yield return request with { Query = new OffsetWindow(NextPageSize, offset).ToQuery() };
            needed += NextPageSize;
        }
    }

    private ApiRequest FirstRequest(ulong skip, ulong count)
    {
        var window = new OffsetWindow((long)Math.Clamp(count, 1, FirstPageSize), (long)Math.Min(skip, long.MaxValue));
        return Api.Get(path, window.ToQuery());
    }
}
