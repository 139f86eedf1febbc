
namespace PSBatchExports;

/// <summary>The transport together with who is told about its work.</summary>
internal sealed record Api(ApiTransport Transport, IRequestObserver Observer)
{
    public TimeProvider Time => Transport.Options.TimeProvider;

    public Task<T> SendAsync<T>(ApiRequest request, WireType<T> type, CancellationToken cancellationToken) =>
        Transport.SendAsync(request, type, Observer, cancellationToken);

    public Task<bool> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Transport.SendAsync(request, Observer, cancellationToken);
}
