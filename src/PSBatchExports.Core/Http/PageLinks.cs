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
            : throw new UnexpectedResponseException("The list does not end: a link to the next page leads to one that was read before.", _current.Failed);
    }
}
