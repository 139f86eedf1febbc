namespace PSBatchExports.Http.Pagination;

/// <summary>Asks for pages before the service has linked to them, once a list turns out to be long. One wrong guess ends the guessing.</summary>
/// <param name="send">Asks for a page.</param>
/// <param name="guess">Makes the request after a request, of the list's total; null for none.</param>
internal sealed class PagesAhead<T>(Func<ApiRequest, Task<T>> send, Func<ApiRequest, long, ApiRequest?>? guess)
{
    private const int Most = 2;

    private readonly List<(ApiRequest Request, Task<T> Page)> _asked = [];
    private readonly List<Task> _unused = [];
    private bool _isLong;
    private bool _isWrong;

    /// <summary>The page that the service links to: a guessed one if it is the same, else it is asked for.</summary>
    public Task<T> GetAsync(ApiRequest request, long? total)
    {
        if (_asked.Count > 0 && !IsSame(_asked[0].Request, request))
        {
            _unused.AddRange(_asked.Select(asked => asked.Page));
            _asked.Clear();
            _isWrong = true;
        }

        if (_asked.Count == 0)
            _asked.Add((request, send(request)));

        for (var last = _asked[^1].Request; _isLong && !_isWrong && _asked.Count <= Most && guess?.Invoke(last, total ?? 0) is { } following; last = following)
            _asked.Add((following, send(following)));

        _isLong = true;
        var page = _asked[0].Page;
        _asked.RemoveAt(0);
        return page;
    }

    /// <summary>Waits for what was asked for and not used; it was cancelled before.</summary>
    public async Task EndAsync()
    {
        foreach (var page in _unused.Concat(_asked.Select(asked => asked.Page)))
            await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsSame(ApiRequest one, ApiRequest other) => one.Path == other.Path && one.Query == other.Query;
}
