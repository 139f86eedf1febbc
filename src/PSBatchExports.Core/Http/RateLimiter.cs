using System.Collections.Concurrent;

namespace PSBatchExports.Http;

/// <summary>
/// Holds back requests of a key once some were throttled: those of the same project, and all of them once another project is throttled.
/// The service counts requests for each key, or for each project; it does not say which (docs/wire.md, section 4).
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RateLimiter(TimeProvider time)
{
    private readonly RateLimitGate _key = new(time);
    private readonly ConcurrentDictionary<ApiScope, RateLimitGate> _projects = new();

    /// <summary>Holds back requests after one was throttled for this long.</summary>
    public void Close(ApiScope scope, TimeSpan wait)
    {
        GateOf(scope).Close(wait);
        if (_projects.Any(project => project.Key != scope && project.Value.IsClosed))
            _key.Close(wait);
    }

    /// <summary>Waits until a request may be sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxWait">The maximum wait of its connection; zero for none.</param>
    /// <param name="observer">Is told of waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ThrottledException">The wait would be longer than the maximum; nothing was sent.</exception>
    public async ValueTask PassAsync(
        ApiRequest request, TimeSpan maxWait, IRequestObserver observer, CancellationToken cancellationToken)
    {
        var project = GateOf(request.Scope);
        do
        {
            await project.PassAsync(request, maxWait, observer, cancellationToken);
            await _key.PassAsync(request, maxWait, observer, cancellationToken);
        }
        while (project.IsClosed);
    }

    private RateLimitGate GateOf(ApiScope scope) => _projects.GetOrAdd(scope, _ => new RateLimitGate(time));
}
