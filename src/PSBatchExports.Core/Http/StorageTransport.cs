using System.Net;

namespace PSBatchExports.Http;

/// <summary>Reads the error response of a storage.</summary>
internal delegate Task<BatchExportException> StorageErrorReader(HttpResponseMessage response, CancellationToken cancellationToken);

/// <summary>Sends requests to the storage, which never gets the key. The limits are those of the API request for the signed URL.</summary>
internal sealed class StorageTransport(BatchExportClientOptions options, ResiliencePipelines pipelines, ClientLifetime lifetime)
    : IDisposable
{
    private readonly HttpClient _http = HttpHandlers.ForStorage(options);

    /// <summary>Retries work by the rules of an API request.</summary>
    /// <param name="request">The API request.</param>
    /// <param name="work">The work, which may include the API request.</param>
    /// <param name="observer">Is told of the waits.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public Task<T> RetryAsync<T>(
        ApiRequest request, Func<CancellationToken, Task<T>> work, IRequestObserver observer, CancellationToken cancellationToken)
    {
        var call = new ApiCall(request, observer);
        return lifetime.RunAsync(token => pipelines.RetryAsync(call, work, token), cancellationToken);
    }

    /// <summary>Sends a message and returns the successful response when its headers have arrived.</summary>
    /// <param name="request">The API request for the signed URL.</param>
    /// <param name="message">The message.</param>
    /// <param name="readError">Reads an error response.</param>
    /// <param name="observer">Observes the message and the response.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<HttpResponseMessage> SendAsync(
        ApiRequest request,
        HttpRequestMessage message,
        StorageErrorReader readError,
        IRequestObserver observer,
        CancellationToken cancellationToken)
    {
        var address = message.RequestUri!;
        var call = new ApiCall(request, observer);
        try
        {
            return await pipelines.WithTimeoutAsync(call, token => GetResponseAsync(call, message, readError, token), cancellationToken);
        }
        catch (AttemptTimedOutException timeout)
        {
            var limit = timeout.Timeout.TotalSeconds;
            var through = ConnectionFailures.Through(HttpHandlers.ProxyTo(address, options));
            throw new RequestTimedOutException($"The storage did not answer within {limit:0.#} seconds{through}.", request.Failed, timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            var proxy = HttpHandlers.ProxyTo(address, options);
            throw ConnectionFailures.ToException(failure, address, proxy, request.Failed, RetryMode.Always);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> GetResponseAsync(
        ApiCall call, HttpRequestMessage message, StorageErrorReader readError, CancellationToken cancellationToken)
    {
        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        call.Observer.OnResponse($"{(int)response.StatusCode} from the storage", () => Redaction.Response(response));
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
        {
            if (response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired)
                throw await readError(response, cancellationToken);

            var proxy = HttpHandlers.ProxyTo(message.RequestUri!, options);
            throw ConnectionFailures.ProxyAuthenticationFailed(proxy, call.Request.Failed);
        }
    }
}
