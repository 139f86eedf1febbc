using System.Text.Json.Serialization.Metadata;

namespace PSBatchExports;

/// <summary>Follows links from page to page, and notices when they lead in a circle.</summary>
internal sealed class PageLinks(ApiTransport transport, ApiRequest first)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal) { first.Path + first.Query };
    private ApiRequest _current = first;

    /// <exception cref="UnexpectedResponseException">The link leads to where the key may not go, or to a page that was read before.</exception>
    public ApiRequest Follow(string link)
    {
        _current = transport.Follow(_current, link);
        return _seen.Add(_current.Path + _current.Query)
            ? _current
            : throw new UnexpectedResponseException("The list does not end: a link to the next page leads to one that was read before.", new FailedRequest("GET", _current.Path));
    }
}

/// <summary>A request for the next page that is under way.</summary>
internal static class Prefetch
{
    /// <summary>Asks for the next page. A link that cannot be followed fails the task, so that the page that holds it is still handed out.</summary>
    public static async Task<T> StartAsync<T>(Api api, PageLinks links, string next, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await api.SendAsync(links.Follow(next), type, cancellationToken);

    /// <summary>Waits until a cancelled request has ended, whatever its outcome.</summary>
    public static Task EndAsync(Task? fetching) =>
        fetching?.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default) ?? Task.CompletedTask;
}
