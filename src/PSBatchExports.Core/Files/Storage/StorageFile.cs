using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace PSBatchExports;

/// <summary>One file as the storage has it, read under a signed URL that is renewed when it ends or does not serve (docs/wire.md, section 14).</summary>
internal sealed class StorageFile : IDisposable
{
    private static readonly TimeSpan RenewedBeforeItsEnd = TimeSpan.FromMinutes(1);

    private readonly Api _api;
    private readonly ApiRequest _request;
    private readonly BatchExportFile _file;
    private readonly SemaphoreSlim _signing = new(1, 1);
    private SignedUrl? _url;
    private long _signedAt;

    public StorageFile(Api api, ApiScope scope, BatchExportFile file)
    {
        _api = api;
        _file = file;
        _request = ApiRequest.Get($"{OnDemandRunsClient.Path(scope, file.RunId)}download/{(file.IsOnly ? "" : file.FileId + "/")}") with { AcceptsRedirect = true };
    }

    /// <summary>Does something again as often as a GET of the API may be sent again.</summary>
    public Task<T> RepeatAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        _api.Transport.RepeatAsync(_request, work, _api.Observer, cancellationToken);

    /// <summary>The URL to use now: the known one while it is good, else a new one.</summary>
    public async ValueTask<SignedUrl> SignAsync(CancellationToken cancellationToken)
    {
        await _signing.WaitAsync(cancellationToken);
        try
        {
            // Read once: a request that fails meanwhile takes the URL away.
            var url = Volatile.Read(ref _url);
            if (url is null || IsNearItsEnd(url))
            {
                var signedAt = _api.Time.GetTimestamp();
                _url = url = await AskForUrlAsync(cancellationToken);
                _signedAt = signedAt;
            }

            return url;
        }
        finally
        {
            _signing.Release();
        }
    }

    /// <summary>Asks for the first byte to learn name, length and validator; HEAD is not signed for.</summary>
    public Task<StorageObject> DescribeAsync(TimeSpan stallTimeout, CancellationToken cancellationToken) => RepeatAsync(
        async token =>
        {
            using var answer = await OpenAsync(new ByteRange(0, 1), validator: null, stallTimeout, token);
            return answer.Object;
        },
        cancellationToken);

    /// <summary>Asks the storage for a part of the file, or for all of it, and returns when the headers are there.</summary>
    /// <param name="range">The part; null for all.</param>
    /// <param name="validator">The version that the part has to be of; null for any. The storage answers with all of the object where it is another.</param>
    /// <param name="stallTimeout">How long the answer may bring nothing.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async ValueTask<StorageAnswer> OpenAsync(ByteRange? range, string? validator, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenOnceAsync(range, validator, stallTimeout, cancellationToken);
        }
        catch (UnexpectedResponseException ended) when (ended.IsTransient)
        {
            return await OpenOnceAsync(range, validator, stallTimeout, cancellationToken);
        }
        catch (UnexpectedResponseException empty) when (range is { Start: 0 } && empty.Request.StatusCode == (int)HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return await OpenOnceAsync(range: null, validator: null, stallTimeout, cancellationToken);
        }
    }

    public void Dispose() => _signing.Dispose();

    private async ValueTask<StorageAnswer> OpenOnceAsync(ByteRange? range, string? validator, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        var url = await SignAsync(cancellationToken);
        try
        {
            var response = await SendAsync(url, range, validator, cancellationToken);
            return new StorageAnswer(_api.Time, new FailedRequest("GET", _request.Path), response, StorageObject.From(response, url, _file), stallTimeout);
        }
        catch (BatchExportException)
        {
            Interlocked.CompareExchange(ref _url, null, url);
            throw;
        }
    }

    // By the time that has passed here, because the clocks of this machine and of the storage may differ.
    private bool IsNearItsEnd(SignedUrl url) =>
        url.Lifetime is { } lifetime && _api.Time.GetElapsedTime(_signedAt) > (lifetime > 2 * RenewedBeforeItsEnd ? lifetime - RenewedBeforeItsEnd : lifetime / 2);

    private async Task<SignedUrl> AskForUrlAsync(CancellationToken cancellationToken)
    {
        var location = await _api.Transport.SendOnceAsync(_request, (response, _) => ValueTask.FromResult(Location(response)), _api.Observer, cancellationToken);
        return location is not null && SignedUrl.TryParse(location, _api.Transport.Options.ApiHost) is { } url
            ? url
            : throw new UnexpectedResponseException("The service did not hand out an address of the storage that may be used.", new FailedRequest("GET", _request.Path));
    }

    private static string? Location(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    private async Task<HttpResponseMessage> SendAsync(SignedUrl url, ByteRange? range, string? validator, CancellationToken cancellationToken)
    {
        try
        {
            return await _api.Transport.LimitAsync(_request, token => GetResponseAsync(url, range, validator, token), cancellationToken);
        }
        catch (Polly.Timeout.TimeoutRejectedException timeout)
        {
            throw new RequestTimedOutException($"The storage did not answer within {timeout.Timeout.TotalSeconds:0.#} seconds.", new FailedRequest("GET", _request.Path), timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailures.Describe(failure, url.Address, new FailedRequest("GET", _request.Path), Repeat.Freely);
        }
    }

    private async ValueTask<HttpResponseMessage> GetResponseAsync(SignedUrl url, ByteRange? range, string? validator, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url.Address);
        if (range is { } part)
        {
            message.Headers.Range = new RangeHeaderValue(part.Start, part.End - 1);
            if (validator is not null)
                message.Headers.TryAddWithoutValidation("If-Range", validator);
        }

        var shown = range is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" (bytes {bytes.Start}-{bytes.End - 1})") : "";
        _api.Observer.OnRequest($"GET {url}{shown}", () => Redaction.Request(message, body: null));
        var response = await _api.Transport.StorageHttp.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _api.Observer.OnResponse($"{(int)response.StatusCode} from the storage", () => Redaction.Response(response));
        if (response.IsSuccessStatusCode && (!url.AsksForName || response.Content.Headers.ContentDisposition is not null))
            return response;

        using (response)
        {
            throw response.IsSuccessStatusCode
                ? new UnexpectedResponseException("The answer does not name the file, as the storage was told to: something else answered in its place.", _request.Failed with { StatusCode = (int)response.StatusCode }, isTransient: true)
                : await StorageErrors.ReadAsync(_request, response, _api.Time, cancellationToken);
        }
    }
}
