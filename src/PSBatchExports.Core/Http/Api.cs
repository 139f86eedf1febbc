using System.Text.Json;

namespace PSBatchExports;

/// <summary>The transport together with who is told about its work and whose it is.</summary>
internal sealed class Api(ApiTransport transport, IRequestObserver observer, BatchExportConnection? connection)
{
    public ApiTransport Transport { get; } = transport;

    public IRequestObserver Observer { get; } = new ScrubbingObserver(observer, transport.Secrets);

    /// <summary>The connection that what is read belongs to; null for a client without one.</summary>
    public BatchExportConnection? Connection { get; } = connection;

    public SecretScrubber Secrets => Transport.Secrets;

    public TimeProvider Time => Transport.Options.TimeProvider;

    public ServerClock ServerClock => Transport.ServerClock;

    public ApiRequest Get(string path, string query = "") => Request(HttpMethod.Get, path) with { Query = query };

    public ApiRequest Post(string path, Repeat repeat, Action<Utf8JsonWriter>? body = null) =>
        Request(HttpMethod.Post, path) with { Repeat = repeat, Body = body };

    public ApiRequest Request(HttpMethod method, string path) => new(method, path, Secrets);

    public Task<T> SendAsync<T>(ApiRequest request, WireType<T> type, CancellationToken cancellationToken) =>
        Transport.SendAsync(request, type, Observer, cancellationToken);

    public Task<bool> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Transport.SendAsync(request, Observer, cancellationToken);
}
