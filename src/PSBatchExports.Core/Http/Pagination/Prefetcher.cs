namespace PSBatchExports.Http.Pagination;

/// <summary>Requests pages before the service has linked to them. After one wrong prediction it stops.</summary>
/// <param name="send">Requests a page.</param>
internal sealed class Prefetcher<T>(Func<ApiRequest, Task<T>> send)
{
    private const int MaxAhead = 2;

    private readonly List<Sent> _inFlight = [];
    private readonly List<Task> _discarded = [];
    private bool _isStopped;

    /// <summary>Returns a page, which may be in flight already, and requests the predicted ones.</summary>
    public Task<T> GetAsync(ApiRequest request, IEnumerable<ApiRequest> predicted)
    {
        if (_inFlight.Count > 0 && !IsSame(_inFlight[0].Request, request))
        {
            _discarded.AddRange(_inFlight.Select(sent => sent.Page));
            _inFlight.Clear();
            _isStopped = true;
        }

        var ahead = _isStopped ? [] : predicted.Take(MaxAhead);
        foreach (var page in ahead.Prepend(request).Skip(_inFlight.Count).ToArray())
            _inFlight.Add(new Sent(page, send(page)));

        var first = _inFlight[0].Page;
        _inFlight.RemoveAt(0);
        return first;
    }

    /// <summary>Waits for pages that were requested and not used; cancel them first.</summary>
    public async Task EndAsync()
    {
        foreach (var page in _discarded.Concat(_inFlight.Select(sent => sent.Page)))
            await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsSame(ApiRequest one, ApiRequest other) => one.Path == other.Path && one.Query == other.Query;

    private sealed record Sent(ApiRequest Request, Task<T> Page);
}
