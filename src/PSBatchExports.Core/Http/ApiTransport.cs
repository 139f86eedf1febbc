using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using PSBatchExports.Json;
using PSBatchExports.Secrets;
using PSBatchExports.Wire;

namespace PSBatchExports.Http;

/// <summary>Sends API requests with host and key, retries them where that is safe, and turns responses into values or exceptions.</summary>
internal sealed class ApiTransport : IDisposable
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;

    // Parsing more takes noticeably long. It is then abandoned on cancellation and ends by itself.
    private const int MaxBytesParsedInline = 1024 * 1024;

    private readonly ApiKey _key;
    private readonly ClientSecrets _secrets;
    private readonly HttpClient _http;
    private readonly ResiliencePipelines _pipelines;
    private readonly KeyRateLimits _limits;
    private readonly TimeSpan _maxWait;
    private readonly ClientLifetime _lifetime;

    public ApiTransport(BatchExportClientOptions options)
    {
        options.Validate();
        Options = options;
        ServerClock = new ServerClock(options.TimeProvider);
        _key = new ApiKey(options.ApiKey);
        _secrets = new ClientSecrets(_key, options);
        Secrets = new SecretScrubber(_secrets.All);
        _http = HttpHandlers.ForApi(options);
        _pipelines = new ResiliencePipelines(options);
        _lifetime = new ClientLifetime(options.ApiHost);
        Storage = new StorageTransport(options, _pipelines, _lifetime);
        _maxWait = options.MaximumRetryCount > 0 ? RetryRules.MaxWait(options.MaximumRetryDelay) : TimeSpan.Zero;
        _limits = KeyRateLimits.Join(options.ApiHost, _key, options.TimeProvider);
    }

    public BatchExportClientOptions Options { get; }

    /// <summary>The service's clock, estimated from the dates of its responses.</summary>
    public ServerClock ServerClock { get; }

    public StorageTransport Storage { get; }

    /// <summary>Hides the secrets of this client.</summary>
    public SecretScrubber Secrets { get; }

    public bool IsClosed => _lifetime.IsClosed;

    private Uri? Proxy => HttpHandlers.ProxyTo(Options.ApiHost, Options);

    public Task<T> SendAsync<T>(ApiRequest request, JsonRead<T> read, IRequestObserver observer, CancellationToken cancellationToken)
        where T : class =>
        SendAsync(request, (response, token) => ReadJsonAsync(request, response, read, token), observer, cancellationToken);

    /// <summary>Sends a request whose response has no content of interest.</summary>
    /// <returns>True; false if the error to a retry meant that an earlier attempt succeeded.</returns>
    public Task<bool> SendAsync(ApiRequest request, IRequestObserver observer, CancellationToken cancellationToken) =>
        SendAsync(request, (response, token) => AcknowledgeAsync(request, response, token), observer, cancellationToken);

    public async Task<T> SendAsync<T>(
        ApiRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        IRequestObserver observer,
        CancellationToken cancellationToken)
    {
        var call = new ApiCall(request, observer);
        try
        {
            return await _lifetime.RunAsync(
                running => _pipelines.RetryAsync(call, token => AttemptAsync(call, read, token), running), cancellationToken);
        }
        catch (BatchExportException failure) when (call.MayAlreadyBeDone && request.IsAlreadyDone?.Invoke(failure) == true)
        {
            return default!;
        }
    }

    /// <summary>Sends a request without retries, as a part of work that is retried as a whole.</summary>
    public Task<T> SendOnceAsync<T>(
        ApiRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        IRequestObserver observer,
        CancellationToken cancellationToken) =>
        AttemptAsync(new ApiCall(request, observer), read, cancellationToken);

    public void Dispose()
    {
        if (!_lifetime.TryClose())
            return;

        _limits.Leave();
        _http.Dispose();
        Storage.Dispose();
        _key.Dispose();
    }

    private async Task<T> AttemptAsync<T>(
        ApiCall call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var request = call.Request;
        await LimiterFor(request).PassAsync(request, _maxWait, call.Observer, cancellationToken);
        try
        {
            using var response = await _pipelines.WithTimeoutAsync(call, token => GetResponseAsync(call, token), cancellationToken);
            return await _pipelines.WithTimeoutAsync(call, token => AcceptAsync(request, response, read, token), cancellationToken);
        }
        catch (AttemptTimedOutException timeout)
        {
            var seconds = timeout.Timeout.TotalSeconds;
            var through = ConnectionFailures.Through(Proxy);
            var message = $"{Options.ApiHost.Host} did not answer within {seconds:0.#} seconds{through}.";
            throw new RequestTimedOutException(message, request.Failed, timeout)
            {
                MayHaveTakenEffect = request.RetryMode == RetryMode.OnlyIfNotProcessed,
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailures.ToException(failure, Options.ApiHost, Proxy, request.Failed, request.RetryMode);
        }
    }

    private async Task<HttpResponseMessage> GetResponseAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var request = call.Request;
        var url = new Uri(Options.ApiHost, request.Path + request.Query);
        using var message = new HttpRequestMessage(request.Method, url);
        message.Headers.Authorization = _key.ToHeader();
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var body = request.WriteBody();
        if (body is { } bytes)
        {
            message.Content = new ReadOnlyMemoryContent(bytes);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        else if (request.Method != HttpMethod.Get)
        {
            // Without content, .NET itself resends the request if a reused connection closes without an answer.
            message.Content = new ReadOnlyMemoryContent(default);
        }

        call.Observer.OnRequest($"{request.Method} {Redaction.Url(url)}", () => Redaction.Request(message, body));
        var started = Options.TimeProvider.GetTimestamp();
        var sentAt = Options.TimeProvider.GetUtcNow();
        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if ((int)response.StatusCode < 400)
            ServerClock.Update(response, sentAt);

        if (request.IsDownload && response.Headers.NonValidated.TryGetValues("Location", out var location))
            _secrets.AddSignedUrl(location.ToString());

        var elapsed = Options.TimeProvider.GetElapsedTime(started);
        call.Observer.OnResponse($"{(int)response.StatusCode} after {elapsed.TotalMilliseconds:0} ms", () => Redaction.Response(response));
        return response;
    }

    private async Task<T> AcceptAsync<T>(
        ApiRequest request,
        HttpResponseMessage response,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode || request.IsDownload && (int)response.StatusCode is 302 or 303 or 307)
            return await read(response, cancellationToken);

        if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
            throw ConnectionFailures.ProxyAuthenticationFailed(Proxy, request.Failed);

        var failure = await ErrorReader.ReadAsync(request, response, Options.TimeProvider, cancellationToken);
        if (failure is ThrottledException { RetryAfter: { } wait })
            LimiterFor(request).Close(request.Scope, wait);

        throw failure;
    }

    private RateLimiter LimiterFor(ApiRequest request) => request.IsRowCount ? _limits.RowCounts : _limits.Requests;

    private static async Task<bool> AcknowledgeAsync(
        ApiRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.NoContent && response.Content.Headers.ContentLength != 0)
            await ReadJsonAsync(request, response, ReadAcknowledgement, cancellationToken);

        return true;
    }

    private static object ReadAcknowledgement(ref Utf8JsonReader json)
    {
        json.EnterObject();
        json.Skip();
        return new object();
    }

    private static async Task<T> ReadJsonAsync<T>(
        ApiRequest request, HttpResponseMessage response, JsonRead<T> read, CancellationToken cancellationToken)
        where T : class
    {
        var failed = request.Failed with { StatusCode = (int)response.StatusCode };
        try
        {
            var body = await BoundedBody.ReadAsync(response.Content, MaxBodyBytes, cancellationToken);
            return body.Written.Length <= MaxBytesParsedInline
                ? Parse(body, read)
                : await Task.Run(() => Parse(body, read), CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (UnreadableBodyException unreadable)
        {
            throw Unexpected(unreadable.Message, unreadable.IsTransient, unreadable);
        }
        catch (TooManyValuesException tooMany)
        {
            throw Unexpected(tooMany.Message, isTransient: false, tooMany);
        }
        catch (JsonException bad)
        {
            throw Unexpected("is not the JSON that the service is known to send", isTransient: true, bad);
        }

        static T Parse(PooledBuffer body, JsonRead<T> read)
        {
            using (body)
            {
                if (ErrorReader.IsError(body.Written))
                    throw new JsonException("The answer is an error in spite of its status.");

                return WireJson.Read(body.Written, read) ?? throw new JsonException("The answer is null.");
            }
        }

        UnexpectedResponseException Unexpected(string what, bool isTransient, Exception failure)
        {
            var contentType = response.Content.Headers.ContentType?.MediaType ?? "no content type";
            var message = $"The answer to {request.Method} {request.Path} ({contentType}) {what}.";
            return new UnexpectedResponseException(message, failed, isTransient, failure)
            {
                MayHaveTakenEffect = request.RetryMode == RetryMode.OnlyIfNotProcessed,
            };
        }
    }
}
