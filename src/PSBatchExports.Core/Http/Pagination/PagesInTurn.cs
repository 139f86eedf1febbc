using System.Runtime.CompilerServices;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads a list page by page, each only when it is asked for, and in its turn.</summary>
internal static class PagesInTurn
{
    /// <param name="api">Where to ask.</param>
    /// <param name="first">The request for the first page.</param>
    /// <param name="type">How a page is read.</param>
    /// <param name="complete">Adds to an item what the answer does not tell.</param>
    /// <param name="inTurn">Sends a request when its turn has come.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> ReadAsync<T>(
        Api api,
        ApiRequest first,
        WireType<Page<T>> type,
        Func<T, T> complete,
        Func<Func<CancellationToken, Task<Page<T>>>, Task<Page<T>>> inTurn,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var links = new PageLinks(api.Transport, first);
        for (var request = first; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await inTurn(token => api.SendAsync(request, type, token));
            var results = page.Results ?? [];
            yield return [.. results.Select(complete)];
            if (page.Next is not { Length: > 0 } next || results.Count == 0)
                yield break;

            request = links.Follow(next, isAfterSomethingNew: true);
        }
    }
}
