using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Storage;

/// <summary>One file as the storage has it, read under a signed URL that is renewed when it ends or does not serve (docs/wire.md, section 14).</summary>
internal sealed class StorageFile : IDisposable
{
    private static readonly TimeSpan RenewedBeforeItsEnd = TimeSpan.FromMinutes(1);

    private static readonly StringWithQualityHeaderValue AsStored = new("identity");

    private readonly Api _api;
    private readonly ApiRequest _request;
    private readonly BatchExportFile _file;
    private readonly ConcurrentDictionary<string, long> _lengths = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _signing = new(1, 1);
    private SignedUrl? _url;
    private long _signedAt;

    public StorageFile(Api api, BatchExportFile file)
    {
        _api = api;
        _file = file;
        _request = api.Get(api.Routes.Download(file.RunId, file.IsOnly ? null : file.FileId)) with { AcceptsRedirect = true };
    }

    /// <summary>Does something again as often as a GET of the API may be sent again.</summary>
    public Task<T> RepeatAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        _api.Transport.RetryAsync(_request, work, _api.Observer, cancellationToken);

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
        catch (UnexpectedResponseException ended) when (ended is { IsTransient: true, IsForeign: false })
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
            return await AcceptAsync(response, url, range, stallTimeout, cancellationToken);
        }
        catch (BatchExportException)
        {
            Interlocked.CompareExchange(ref _url, null, url);
            throw;
        }
    }

    // The file, or what something else answers in its place.
    private async ValueTask<StorageAnswer> AcceptAsync(
        HttpResponseMessage response, SignedUrl url, ByteRange? range, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        var extent = BodyExtent.Of(response);
        var found = WithoutSecrets(StorageObject.From(response, extent, url, _file));
        var answer = new StorageAnswer(_api.Time, _request.Failed, response, extent, found, stallTimeout);
        try
        {
            if ((Misfit(extent, range, found) ?? StorageEvidence.WhyNot(response) ?? Contradiction(found)) is { } why)
                throw answer.Unexpected(why);

            if (extent is BodyExtent.Whole or BodyExtent.Part { Range.Start: 0 })
                CheckStart(answer, await answer.PeekAsync(cancellationToken), response);

            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static void CheckStart(StorageAnswer answer, ReadOnlyMemory<byte> start, HttpResponseMessage response)
    {
        if (StorageEvidence.IsMarkup(start.Span, answer.Object.Name))
            throw answer.Unexpected("Something else answered in place of the storage: what it sent begins like a web page.");

        if (StorageEvidence.IsNamedBy(response))
            return;

        var beginsAs = StorageEvidence.BeginsAs(start.Span, answer.Object.Name);
        if (beginsAs == false)
            throw answer.Unexpected($"Something else answered in place of the storage: what it sent does not begin as '{answer.Object.Name}' has to.");

        if (beginsAs is null && !StorageEvidence.IsShownBy(response))
            throw answer.Unexpected(StorageEvidence.NothingShows);
    }

    private StorageObject WithoutSecrets(StorageObject found)
    {
        var name = _api.Secrets.Hide(found.Name);
        return name == found.Name ? found : found with { Name = SafeFileName.From(name) };
    }

    private static string? Misfit(BodyExtent extent, ByteRange? asked, StorageObject found) => extent switch
    {
        BodyExtent.Unreadable unreadable => unreadable.Why,
        BodyExtent.Whole { EndsWithConnection: true } when found.Md5 is null =>
            "The storage says neither how long the file is nor where it ends, so there is no way to tell whether it is complete.",
        BodyExtent.Part when asked is null => "The storage answered with a part of the file instead of all of it.",
        BodyExtent.Part { Range: var part } when part.Start != asked!.Value.Start || part.End > asked.Value.End =>
            "The storage answered with another part of the file than was asked for.",
        _ => null,
    };

    // Whatever cuts a file off on the way may announce what it leaves of it, but keeps the tag.
    private string? Contradiction(StorageObject found)
    {
        if (found is not { Validator: { } version, Length: { } length })
            return null;

        var longest = _lengths.AddOrUpdate(version, length, (_, known) => Math.Max(known, length));
        return length < longest ? "The storage says that the file is shorter than it said before, although it is the same version." : null;
    }

    // By the time that has passed here, because the clocks of this machine and of the storage may differ.
    private bool IsNearItsEnd(SignedUrl url) =>
        url.Lifetime is { } lifetime && _api.Time.GetElapsedTime(_signedAt) > (lifetime > 2 * RenewedBeforeItsEnd ? lifetime - RenewedBeforeItsEnd : lifetime / 2);

    private async Task<SignedUrl> AskForUrlAsync(CancellationToken cancellationToken)
    {
        var (apiHost, allowsHttp) = (_api.Transport.Options.ApiHost, _api.Transport.Options.AllowsPlainFiles);
        var location = await _api.Transport.SendOnceAsync(_request, (response, _) => ValueTask.FromResult(Location(response)), _api.Observer, cancellationToken);
        var (url, refusal) = location is null ? (null, "there is none") : SignedUrl.Parse(location, apiHost, allowsHttp);
        if (url is not null && await LocalAddresses.MayLeadToAsync(url.Address, apiHost, cancellationToken))
            return url;

        if (url is null && location is not null && SignedUrl.Parse(location, apiHost, allowsHttp: true).Url is { } plain)
            throw PlainHttpException.ForFile(plain.Address);

        var why = refusal ?? LocalAddresses.Refusal;
        throw new UnexpectedResponseException($"The service did not return a usable storage address: {why}.", _request.Failed);
    }

    private static string? Location(HttpResponseMessage response)
    {
        var isThere = response.Headers.NonValidated.TryGetValues("Location", out var values) && !response.IsSuccessStatusCode;
        return isThere && values.Count == 1 ? values.ToString() : null;
    }

    private async Task<HttpResponseMessage> SendAsync(SignedUrl url, ByteRange? range, string? validator, CancellationToken cancellationToken)
    {
        try
        {
            return await _api.Transport.WithTimeoutAsync(_request, token => GetResponseAsync(url, range, validator, token), cancellationToken);
        }
        catch (Polly.Timeout.TimeoutRejectedException timeout)
        {
            var limit = timeout.Timeout.TotalSeconds;
            var way = ConnectionFailures.Through(_api.Transport.ProxyTo(url.Address));
            throw new RequestTimedOutException($"The storage did not answer within {limit:0.#} seconds{way}.", _request.Failed, timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailures.ToException(failure, url.Address, _api.Transport.ProxyTo(url.Address), _request.Failed, RetryMode.Always);
        }
    }

    private async ValueTask<HttpResponseMessage> GetResponseAsync(SignedUrl url, ByteRange? range, string? validator, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url.Address);
        message.Headers.AcceptEncoding.Add(AsStored);
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
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
                throw ConnectionFailures.ProxyAuthenticationFailed(_api.Transport.ProxyTo(url.Address), _request.Failed);

            throw await StorageErrors.ReadAsync(_request, response, _api.Time, cancellationToken);
        }
    }
}
