using System.Runtime.CompilerServices;
using PSBatchExports.Json;
using PSBatchExports.Wire;

namespace PSBatchExports.Http.Pagination;

/// <summary>Sends the request for a page when its turn has come.</summary>
/// <param name="send">Sends the request.</param>
internal delegate Task<Page<T>> PageScheduler<T>(Func<CancellationToken, Task<Page<T>>> send) where T : class;

/// <summary>Reads a list page by page, each only on demand, and at a pace that the caller sets.</summary>
internal static class SequentialPages
{
    /// <param name="api">Sends the requests.</param>
    /// <param name="first">The request for the first page.</param>
    /// <param name="read">Reads an item.</param>
    /// <param name="complete">Adds to an item what the response lacks.</param>
    /// <param name="schedule">Sends a request when its turn has come.</param>
    /// <param name="cancellationToken">Stops before the next page.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> ReadAsync<T>(
        Api api,
        ApiRequest first,
        JsonRead<T> read,
        Func<T, T> complete,
        PageScheduler<T> schedule,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        var links = new PageLinks(api.Transport.Options, first);
        for (var request = first; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await schedule(token => api.SendAsync(request, Page<T>.Reader(read), token));
            var results = page.Results;
            yield return [.. results.Select(complete)];
            if (page.Next is not { Length: > 0 } next || results.Count == 0)
                yield break;

            request = links.Follow(next);
        }
    }
}
