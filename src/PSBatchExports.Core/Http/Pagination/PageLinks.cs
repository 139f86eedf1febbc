namespace PSBatchExports.Http.Pagination;

/// <summary>Follows the links between pages and detects lists that never end.</summary>
internal sealed class PageLinks(BatchExportClientOptions options, ApiRequest first)
{
    // A page may repeat the previous one if many items are created while the list is read. So many in a row mean a loop.
    private const int MaxPagesWithoutNewItems = 5;

    private readonly HashSet<string> _visited = new(StringComparer.Ordinal) { first.Path + first.Query };
    private int _pagesWithoutNewItems;

    public ApiRequest Current { get; private set; } = first;

    /// <summary>Follows a link unchanged.</summary>
    /// <exception cref="UnexpectedResponseException">The link leads outside the API or to a page that was read before.</exception>
    public ApiRequest Follow(string link) => Visit(Resolve(link, hasNewItems: true));

    /// <summary>The request that a link leads to.</summary>
    /// <param name="link">The link to the next page.</param>
    /// <param name="hasNewItems">Whether the current page has items that the previous one did not have.</param>
    /// <exception cref="UnexpectedResponseException">The link leads outside the API, or too many pages had no new items.</exception>
    public ApiRequest Resolve(string link, bool hasNewItems)
    {
        _pagesWithoutNewItems = hasNewItems ? 0 : _pagesWithoutNewItems + 1;
        if (_pagesWithoutNewItems == MaxPagesWithoutNewItems)
            throw Endless($"{MaxPagesWithoutNewItems} pages in a row brought nothing new");

        if (!Uri.TryCreate(options.ApiHost, link, out var target) || !target.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
            throw Untrusted("The link to the next page is not an address of this API; it was not followed.");

        if (!options.RebasePageLinks && Origin(target) != Origin(options.ApiHost))
        {
            throw Untrusted(
                $"The link to the next page leads to {DisplayText.Origin(target)}, not to {DisplayText.Origin(options.ApiHost)}; "
                + "the key is not sent there.");
        }

        return Current with { Path = target.AbsolutePath, Query = target.Query };
    }

    /// <summary>Makes a request the current one.</summary>
    /// <exception cref="UnexpectedResponseException">The page was read before.</exception>
    public ApiRequest Visit(ApiRequest request)
    {
        Current = request;
        return _visited.Add(request.Path + request.Query)
            ? request
            : throw Endless("a link to the next page leads to one that was read before");
    }

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private UnexpectedResponseException Untrusted(string message) => new(message, Current.Failed);

    private UnexpectedResponseException Endless(string how) => new($"The list does not end: {how}.", Current.Failed);
}
