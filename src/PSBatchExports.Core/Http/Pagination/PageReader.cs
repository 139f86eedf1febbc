using System.Runtime.CompilerServices;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads a list page by page, each item once, and fetches the next pages while this one is consumed.</summary>
internal static class PageReader
{
    /// <param name="api">Where to ask.</param>
    /// <param name="first">The request for the first page.</param>
    /// <param name="type">How a page is read.</param>
    /// <param name="key">What tells an item from the others; null for one that has nothing to tell it by.</param>
    /// <param name="select">Which of a page's items are handed out.</param>
    /// <param name="isEnough">Says, of the number of a page's items handed out, whether no further page is wanted.</param>
    /// <param name="adjust">Makes the link to follow of the service's link to the next page and the number of this page's items handed out; null where that is the service's.</param>
    /// <param name="guess">Makes the request after a request, of the list's total, before the service links to it; null where there is none or it cannot be known. It is only used where the service then links to the same.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<(IReadOnlyList<T> Items, long? Count)> ReadAsync<T>(
        Api api,
        ApiRequest first,
        WireType<Page<T>> type,
        Func<T, string?> key,
        Func<IReadOnlyList<T>, IReadOnlyList<T>> select,
        Func<int, bool> isEnough,
        Func<string, int, string>? adjust,
        Func<ApiRequest, long, ApiRequest?>? guess,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var links = new PageLinks(api.Transport, first);
        var keys = new SeenKeys();
        var ahead = new PagesAhead<Page<T>>(request => api.SendAsync(request, type, stop.Token), guess);
        Task<Page<T>>? fetching = api.SendAsync(first, type, stop.Token);
        try
        {
            while (fetching is not null)
            {
                var page = await fetching;
                fetching = null;
                var results = page.Results ?? [];
                var fresh = keys.NewOf(results, key);
                var items = select(fresh);
                if (page.Next is { Length: > 0 } next && results.Count > 0 && !isEnough(items.Count))
                    fetching = FetchAsync(links, adjust?.Invoke(next, items.Count) ?? next, fresh.Any(item => key(item) is not null), ahead, page.Count);

                yield return (items, page.Count);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await EndAsync(fetching);
            await ahead.EndAsync();
        }
    }

    // A link that cannot be followed fails the task, so that the page that holds it is still handed out.
    private static async Task<T> FetchAsync<T>(PageLinks links, string next, bool isAfterSomethingNew, PagesAhead<T> ahead, long? total) =>
        await ahead.GetAsync(links.Follow(next, isAfterSomethingNew), total);

    private static Task EndAsync(Task? fetching) =>
        fetching?.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default) ?? Task.CompletedTask;

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
