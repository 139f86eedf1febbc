namespace PSBatchExports.Http.Pagination;

/// <summary>Follows links from page to page, and notices when they lead nowhere.</summary>
internal sealed class PageLinks(ApiTransport transport, ApiRequest first)
{
    // Pages that repeat the one before may come about when much is made while a list is read; so many in a row do not.
    private const int MostPagesWithoutNews = 5;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal) { first.Path + first.Query };
    private ApiRequest _current = first;
    private int _withoutNews;

    /// <param name="link">The link to the next page.</param>
    /// <param name="isAfterSomethingNew">Whether the page that holds it brought anything that the one before did not.</param>
    /// <exception cref="UnexpectedResponseException">The link leads to where the key may not go or to a page that was read before, or nothing new comes.</exception>
    public ApiRequest Follow(string link, bool isAfterSomethingNew)
    {
        _withoutNews = isAfterSomethingNew ? 0 : _withoutNews + 1;
        if (_withoutNews == MostPagesWithoutNews)
            throw Endless($"{MostPagesWithoutNews} pages in a row brought nothing new");

        _current = transport.Follow(_current, link);
        return _seen.Add(_current.Path + _current.Query) ? _current : throw Endless("a link to the next page leads to one that was read before");
    }

    private UnexpectedResponseException Endless(string how) => new($"The list does not end: {how}.", _current.Failed);
}
