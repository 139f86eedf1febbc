using PSBatchExports.Json;

namespace PSBatchExports.Http.Pagination;

/// <summary>Reads a list with cursor pagination (docs/wire.md, section 5). Its total is unknown.</summary>
internal sealed class CursorWalk<T>(Api api, ApiRequest first, JsonRead<T> read, Func<T, string?> key)
    : PageWalk<T>(api, read, key)
    where T : class
{
    public override IAsyncEnumerable<T> ReadAsync(Paging paging, CancellationToken cancellationToken) =>
        ReadPagesAsync(first, paging.MaxRead, cancellationToken)
            .SelectMany(page => page.Results, cancellationToken)
            .Slice(paging, cancellationToken);
}
