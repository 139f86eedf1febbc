using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Storage;

/// <summary>A file at the storage. Its signed URL is renewed before it expires and after it failed (docs/wire.md, section 14).</summary>
internal sealed class StorageFile : IDisposable
{
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(1);

    private static readonly StringWithQualityHeaderValue IdentityCoding = new("identity");

    private readonly Api _api;
    private readonly ApiRequest _request;
    private readonly BatchExportFile _file;
    private readonly ConcurrentDictionary<string, long> _longestByVersion = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _signing = new(1, 1);
    private SignedUrl? _url;
    private long _signedAt;

    public StorageFile(Api api, BatchExportFile file)
    {
        _api = api;
        _file = file;
        _request = api.Get(api.Routes.Download(file.RunId, file.IsOnly ? null : file.FileId)) with { IsDownload = true };
    }

    /// <summary>Retries work by the rules of a GET to the API.</summary>
    public Task<T> RepeatAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _api.Transport.Storage.RetryAsync(_request, work, _api.Observer, cancellationToken);

    /// <summary>Returns the current signed URL, or a new one if there is none or it is about to expire.</summary>
    public async Task<SignedUrl> SignAsync(CancellationToken cancellationToken)
    {
        await _signing.WaitAsync(cancellationToken);
        try
        {
            // Read once: a request that fails in the meantime clears it.
            var url = Volatile.Read(ref _url);
            if (url is null || IsAboutToExpire(url))
            {
                var signedAt = _api.Time.GetTimestamp();
                _url = url = await RequestUrlAsync(cancellationToken);
                _signedAt = signedAt;
            }

            return url;
        }
        finally
        {
            _signing.Release();
        }
    }

    /// <summary>Requests the first byte for the name, length and validator. The URL is not signed for HEAD.</summary>
    public Task<StorageObject> DescribeAsync(TimeSpan stallTimeout, CancellationToken cancellationToken) => RepeatAsync(
        async token =>
        {
            using var response = await OpenAsync(new ByteRange(0, 1), validator: null, stallTimeout, token);
            return response.Object;
        },
        cancellationToken);

    /// <summary>Requests the file or a range of it, and returns when the headers have arrived.</summary>
    /// <param name="range">The range; null for the whole file.</param>
    /// <param name="validator">The version that is wanted; null for any. The storage answers with the whole file if it has another.</param>
    /// <param name="stallTimeout">How long the response may stay silent.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<StorageResponse> OpenAsync(
        ByteRange? range, string? validator, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenOnceAsync(range, validator, stallTimeout, cancellationToken);
        }
        catch (UnexpectedResponseException expired) when (expired is { IsTransient: true, IsForeign: false })
        {
            return await OpenOnceAsync(range, validator, stallTimeout, cancellationToken);
        }
        catch (UnexpectedResponseException empty) when (range is { Start: 0 } && IsRangeNotSatisfiable(empty))
        {
            return await OpenOnceAsync(range: null, validator: null, stallTimeout, cancellationToken);
        }
    }

    public void Dispose() => _signing.Dispose();

    private static bool IsRangeNotSatisfiable(UnexpectedResponseException failure) =>
        failure.Request.StatusCode == (int)HttpStatusCode.RequestedRangeNotSatisfiable;

    private async Task<StorageResponse> OpenOnceAsync(
        ByteRange? range, string? validator, TimeSpan stallTimeout, CancellationToken cancellationToken)
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

    private async Task<StorageResponse> AcceptAsync(
        HttpResponseMessage message, SignedUrl url, ByteRange? range, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        var extent = BodyExtent.From(message);
        var found = WithoutSecrets(StorageObject.From(message, extent, url, _file));
        var response = new StorageResponse(_api.Time, _request.Failed, message, extent, found, stallTimeout);
        try
        {
            if ((FindMismatch(extent, range, found) ?? StorageEvidence.FindObjection(message) ?? FindContradiction(found)) is { } reason)
                throw response.Unexpected(reason);

            if (extent is BodyExtent.Whole or BodyExtent.Part { Range.Start: 0 })
                CheckStart(response, await response.PeekAsync(cancellationToken), message);

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static void CheckStart(StorageResponse response, ReadOnlyMemory<byte> start, HttpResponseMessage message)
    {
        if (StorageEvidence.IsMarkup(start.Span, response.Object.Name))
            throw response.Unexpected("Something else answered in place of the storage: it begins like a web page.");

        if (StorageEvidence.IsAttachment(message))
            return;

        var hasSignature = StorageEvidence.HasSignature(start.Span, response.Object.Name);
        if (hasSignature == false)
        {
            throw response.Unexpected(
                $"Something else answered in place of the storage: it does not begin as '{response.Object.Name}' must.");
        }

        if (hasSignature is null && !StorageEvidence.HasObjectHeaders(message))
            throw response.Unexpected(StorageEvidence.NotIdentified);
    }

    private StorageObject WithoutSecrets(StorageObject found)
    {
        var name = _api.Secrets.Hide(found.Name);
        return name == found.Name ? found : found with { Name = SafeFileName.From(name) };
    }

    private static string? FindMismatch(BodyExtent extent, ByteRange? requested, StorageObject found) => extent switch
    {
        BodyExtent.Invalid invalid => invalid.Reason,
        BodyExtent.Whole { EndsWithConnection: true } when found.Md5 is null =>
            "The storage says neither how long the file is nor where it ends, so there is no telling whether it is complete.",
        BodyExtent.Part when requested is null => "The storage answered with a range of the file instead of the whole file.",
        BodyExtent.Part { Range: var part } when part.Start != requested!.Value.Start || part.End > requested.Value.End =>
            "The storage answered with another range of the file than requested.",
        _ => null,
    };

    // A proxy that truncates a file may announce the shorter length, but keeps the tag.
    private string? FindContradiction(StorageObject found)
    {
        if (found is not { Validator: { } version, Length: { } length })
            return null;

        var longest = _longestByVersion.AddOrUpdate(version, length, (_, known) => Math.Max(known, length));
        return length < longest ? "The storage reports a shorter length of the same version of the file than before." : null;
    }

    // Measured by elapsed time, because the clocks of this machine and the storage may differ.
    private bool IsAboutToExpire(SignedUrl url)
    {
        if (url.Lifetime is not { } lifetime)
            return false;

        var maxAge = lifetime > 2 * RenewalMargin ? lifetime - RenewalMargin : lifetime / 2;
        return _api.Time.GetElapsedTime(_signedAt) > maxAge;
    }

    private async Task<SignedUrl> RequestUrlAsync(CancellationToken cancellationToken)
    {
        var (apiHost, allowsHttp) = (_api.Transport.Options.ApiHost, _api.Transport.Options.AllowsPlainFiles);
        var location = await _api.Transport.SendOnceAsync(_request, ReadLocationAsync, _api.Observer, cancellationToken);
        var (url, refusal) = location is null ? (null, "there is none") : SignedUrl.Parse(location, apiHost, allowsHttp);
        if (url is not null && await LocalAddresses.MayLeadToAsync(url.Address, apiHost, cancellationToken))
            return url;

        if (url is null && location is not null && SignedUrl.Parse(location, apiHost, allowsHttp: true).Url is { } plain)
            throw PlainHttpException.ForFile(plain.Address);

        var reason = refusal ?? LocalAddresses.Refusal;
        throw new UnexpectedResponseException($"The service did not return a usable storage address: {reason}.", _request.Failed);
    }

    private static Task<string?> ReadLocationAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var exists = response.Headers.NonValidated.TryGetValues("Location", out var values) && !response.IsSuccessStatusCode;
        return Task.FromResult(exists && values.Count == 1 ? values.ToString() : null);
    }

    private async Task<HttpResponseMessage> SendAsync(
        SignedUrl url, ByteRange? range, string? validator, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url.Address);
        message.Headers.AcceptEncoding.Add(IdentityCoding);
        if (range is { } part)
        {
            message.Headers.Range = new RangeHeaderValue(part.Start, part.End - 1);
            if (validator is not null)
                message.Headers.TryAddWithoutValidation("If-Range", validator);
        }

        var rangeText = range is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" (bytes {bytes.Start}-{bytes.End - 1})") : "";
        _api.Observer.OnRequest($"GET {url}{rangeText}", () => Redaction.Request(message, body: null));
        return await _api.Transport.Storage.SendAsync(_request, message, ReadErrorAsync, _api.Observer, cancellationToken);
    }

    private Task<BatchExportException> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        StorageErrors.ReadAsync(_request, response, _api.Time, cancellationToken);
}
