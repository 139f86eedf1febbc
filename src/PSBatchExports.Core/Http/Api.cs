using System.Text.Json;
using PSBatchExports.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>Sends requests for one project or organization, with one observer and one origin for the results.</summary>
internal sealed class Api
{
    public Api(ApiTransport transport, IRequestObserver observer, object? origin, ApiScope scope)
        : this(transport, new ScrubbingObserver(observer, transport.Secrets), origin, scope)
    {
    }

    private Api(ApiTransport transport, ScrubbingObserver observer, object? origin, ApiScope scope) =>
        (Transport, Observer, Origin, Scope, Routes) = (transport, observer, origin, scope, new Routes(scope));

    public ApiTransport Transport { get; }

    public IRequestObserver Observer { get; }

    /// <summary>The origin of the objects that are read; null for none.</summary>
    public object? Origin { get; }

    public ApiScope Scope { get; }

    public Routes Routes { get; }

    /// <summary>The service's origin, as objects show it.</summary>
    public string Host => Transport.Options.ApiHost.AbsoluteUri;

    public SecretScrubber Secrets => Transport.Secrets;

    public TimeProvider Time => Transport.Options.TimeProvider;

    public ServerClock ServerClock => Transport.ServerClock;

    /// <summary>The same API for another project or organization.</summary>
    public Api In(ApiScope scope) => scope == Scope ? this : new Api(Transport, (ScrubbingObserver)Observer, Origin, scope);

    public ApiRequest Get(string path, string query = "") => Request(HttpMethod.Get, path) with { Query = query };

    public ApiRequest Post(string path, RetryMode retryMode, Action<Utf8JsonWriter>? body = null) =>
        Request(HttpMethod.Post, path) with { RetryMode = retryMode, Body = body };

    public ApiRequest Request(HttpMethod method, string path) => new(method, path, Scope, Secrets);

    public Task<T> SendAsync<T>(ApiRequest request, JsonRead<T> read, CancellationToken cancellationToken) where T : class =>
        Transport.SendAsync(request, read, Observer, cancellationToken);

    public Task<bool> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Transport.SendAsync(request, Observer, cancellationToken);
}
