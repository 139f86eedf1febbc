using System.Runtime.CompilerServices;
using PSBatchExports.Json;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads a list page by page, each item once. The next page is requested while the current one is consumed.</summary>
/// <param name="api">Sends the requests.</param>
/// <param name="read">Reads an item.</param>
/// <param name="key">Identifies an item; null for an item without an identity.</param>
internal abstract class PageWalk<T>(Api api, JsonRead<T> read, Func<T, string?> key) where T : class
{
    /// <summary>Which items to return; null for all.</summary>
    public Func<T, bool>? Filter { get; init; }

    protected Api Api => api;

    /// <summary>Reads a part of the list.</summary>
    public abstract IAsyncEnumerable<T> ReadAsync(Paging paging, CancellationToken cancellationToken);

    /// <summary>The request for the next page.</summary>
    /// <param name="current">The request for the current page.</param>
    /// <param name="linked">The request that the service links to.</param>
    /// <param name="remaining">How many more items are wanted.</param>
    protected virtual ApiRequest Next(ApiRequest current, ApiRequest linked, ulong remaining) => linked;

    /// <summary>The requests that will probably follow. They are used only if the service then links to the same pages.</summary>
    /// <param name="request">The request for the next page.</param>
    /// <param name="total">The length of the list; 0 if the service does not say.</param>
    /// <param name="remaining">How many more items are wanted.</param>
    protected virtual IEnumerable<ApiRequest> Predict(ApiRequest request, long total, ulong remaining) => [];

    /// <param name="first">The request for the first page.</param>
    /// <param name="wanted">How many items are wanted.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    protected async IAsyncEnumerable<Page<T>> ReadPagesAsync(
        ApiRequest first, ulong wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prefetcher = new Prefetcher<Page<T>>(request => api.SendAsync(request, Page<T>.Reader(read), stop.Token));
        var links = new PageLinks(api.Transport.Options, first);
        var keys = new RecentKeys();
        var remaining = wanted;
        var isFirst = true;
        Task<Page<T>>? next = prefetcher.GetAsync(first, predicted: []);
        try
        {
            while (next is not null)
            {
                var page = await next;
                next = null;
                var results = page.Results;
                var fresh = keys.WithoutSeen(results, key);
                var items = Filter is null ? fresh : [.. fresh.Where(Filter)];
                remaining -= Math.Min(remaining, (ulong)items.Length);
                if (page.Next is { Length: > 0 } link && results.Count > 0 && remaining > 0)
                    next = FollowAsync(link, fresh.Any(item => key(item) is not null), page.Count ?? 0);

                isFirst = false;
                yield return page with { Results = items };
            }
        }
        finally
        {
            await stop.CancelAsync();
            Task unfinished = next ?? Task.CompletedTask;
            await unfinished.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await prefetcher.EndAsync();
        }

        // A bad link fails this task, not the loop, so the page that holds it is still returned.
        async Task<Page<T>> FollowAsync(string link, bool hasNewItems, long total)
        {
            var request = links.Visit(Next(links.Current, links.Resolve(link, hasNewItems), remaining));
            return await prefetcher.GetAsync(request, isFirst ? [] : Predict(request, total, remaining));
        }
    }

    /// <summary>
    /// The keys of the current and the previous page: in a list that grows while it is read, items move to the next page.
    /// </summary>
    private sealed class RecentKeys
    {
        private HashSet<string> _previous = [];
        private HashSet<string> _current = [];

        public T[] WithoutSeen(IEnumerable<T> page, Func<T, string?> key)
        {
            (_previous, _current) = (_current, _previous);
            _current.Clear();
            return page.Where(item => IsNew(key(item))).ToArray();
        }

        private bool IsNew(string? key) => key is null || (_current.Add(key) && !_previous.Contains(key));
    }
}
