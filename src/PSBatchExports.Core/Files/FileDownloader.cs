using System.Buffers;
using System.Diagnostics;

namespace PSBatchExports;

/// <summary>Brings one file from the storage to the disk, whole or not at all (docs/wire.md, section 14).</summary>
internal sealed class FileDownloader(Api api)
{
    private const int BufferBytes = 128 * 1024;

    public async Task<SavedBatchExportFile> SaveAsync(ApiScope scope, BatchExportFile file, SaveOptions options, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var request = DownloadRequest(scope, file);
        var saved = await api.Transport.RepeatAsync(request, token => SaveOnceAsync(request, file, options, token), api.Observer, cancellationToken);
        return saved with { Duration = Stopwatch.GetElapsedTime(started) };
    }

    /// <summary>Asks the storage for the first byte to learn name, length and validator; HEAD is not signed for.</summary>
    public async Task<BatchExportFile> DescribeAsync(ApiScope scope, BatchExportFile file, CancellationToken cancellationToken)
    {
        var request = DownloadRequest(scope, file);
        return await api.Transport.RepeatAsync(request, async token =>
        {
            var url = await SignAsync(request, token);
            using var response = await OpenAsync(request, url, firstByteOnly: true, token);
            return file with
            {
                Name = NameOf(response, url, file),
                Length = response.Content.Headers.ContentRange?.Length ?? response.Content.Headers.ContentLength,
                ETag = response.Headers.ETag?.ToString(),
                Url = url.Text,
                ExpiresAt = url.ExpiresAt,
            };
        }, api.Observer, cancellationToken);
    }

    private static ApiRequest DownloadRequest(ApiScope scope, BatchExportFile file) =>
        ApiRequest.Get($"{OnDemandRunsClient.Path(scope, file.RunId)}download/{(file.IsOnly ? "" : file.FileId + "/")}") with { AcceptsRedirect = true };

    private static string NameOf(HttpResponseMessage response, SignedUrl url, BatchExportFile file)
    {
        var disposition = response.Content.Headers.ContentDisposition;
        var name = (disposition?.FileNameStar ?? disposition?.FileName)?.Trim('"');
        return SafeFileName.From(!string.IsNullOrWhiteSpace(name) ? name : url.LastSegment is { Length: > 0 } segment ? segment : $"{file.RunId}-{file.Index}");
    }

    private async ValueTask<SavedBatchExportFile> SaveOnceAsync(ApiRequest request, BatchExportFile file, SaveOptions options, CancellationToken cancellationToken)
    {
        var url = await SignAsync(request, cancellationToken);
        using var response = await OpenAsync(request, url, firstByteOnly: false, cancellationToken);
        var name = NameOf(response, url, file);
        var path = Path.Combine(options.Folder, name);
        if (options.Names.GetOrAdd(path, file) is var owner && owner.FileId != file.FileId)
            throw new FileSaveException($"'{path}' is the name of file {owner.Index} of run {owner.RunId} as well, which is saved by the same call.", path, FileSaveFailure.Collision);

        if (Directory.Exists(path))
            throw new FileSaveException($"'{path}' cannot be written: a folder of that name is there.", path, FileSaveFailure.Other);

        if (!options.Overwrite && File.Exists(path))
            throw WholeFile.Exists(path);

        await using var target = WholeFile.Create(path, file.FileId);
        var length = response.Content.Headers.ContentLength;
        var bytes = await CopyAsync(request, response, target, so => options.OnProgress?.Invoke(new DownloadProgress(file.FileId, name, so, length)), cancellationToken);
        if (length is { } expected && bytes != expected)
            throw Broken(request, url, $"The storage announced {expected} bytes and sent {bytes}.");

        await target.CompleteAsync(options.Overwrite);
        return new SavedBatchExportFile
        {
            Path = path,
            Name = name,
            Length = bytes,
            RunId = file.RunId,
            FileId = file.FileId,
            Index = file.Index,
            ProjectId = file.ProjectId,
            ETag = response.Headers.ETag?.ToString(),
        };
    }

    private async Task<SignedUrl> SignAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var location = await api.Transport.SendOnceAsync(request, (response, _) => ValueTask.FromResult(Location(response)), api.Observer, cancellationToken);
        return location is not null && SignedUrl.TryParse(location, api.Transport.Options.ApiHost) is { } url
            ? url
            : throw new UnexpectedResponseException("The service did not hand out an address of the storage that may be used.", new FailedRequest("GET", request.Path));
    }

    private static string? Location(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    private async Task<HttpResponseMessage> OpenAsync(ApiRequest request, SignedUrl url, bool firstByteOnly, CancellationToken cancellationToken)
    {
        try
        {
            return await api.Transport.LimitAsync(request, token => GetResponseAsync(request, url, firstByteOnly, token), cancellationToken);
        }
        catch (Polly.Timeout.TimeoutRejectedException timeout)
        {
            throw new RequestTimedOutException($"The storage did not answer within {timeout.Timeout.TotalSeconds:0.#} seconds.", new FailedRequest("GET", request.Path), timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionFailures.Describe(failure, url.Address, new FailedRequest("GET", request.Path), Repeat.Freely);
        }
    }

    private async ValueTask<HttpResponseMessage> GetResponseAsync(ApiRequest request, SignedUrl url, bool firstByteOnly, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url.Address);
        if (firstByteOnly)
            message.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(0, 0);

        api.Observer.OnRequest($"GET {url}", () => Redaction.Request(message, body: null));
        var response = await api.Transport.StorageHttp.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        api.Observer.OnResponse($"{(int)response.StatusCode} from the storage", () => Redaction.Response(response));
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw await StorageErrors.ReadAsync(request, response, api.Time, cancellationToken);
    }

    private async Task<long> CopyAsync(ApiRequest request, HttpResponseMessage response, WholeFile target, Action<long> onProgress, CancellationToken cancellationToken)
    {
        var stallLimit = api.Transport.Options.Timeout;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        using var stall = new CancellationTokenSource(stallLimit, api.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            await using var source = await response.Content.ReadAsStreamAsync(linked.Token);
            long bytes = 0;
            while (true)
            {
                stall.CancelAfter(stallLimit);
                var read = await source.ReadAsync(buffer, linked.Token);
                if (read == 0)
                    return bytes;

                stall.CancelAfter(Timeout.InfiniteTimeSpan);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                bytes += read;
                onProgress(bytes);
            }
        }
        catch (OperationCanceledException late) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestTimedOutException($"The storage sent nothing for {stallLimit.TotalSeconds:0.#} seconds.", new FailedRequest("GET", request.Path), late);
        }
        catch (Exception failure) when (failure is HttpRequestException or (IOException and not FileSaveException) && !cancellationToken.IsCancellationRequested)
        {
            throw new ConnectionFailedException("The connection to the storage broke before the file was complete.", new FailedRequest("GET", request.Path), neverSent: false, failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ConnectionFailedException Broken(ApiRequest request, SignedUrl url, string message) =>
        new(message, new FailedRequest("GET", request.Path), neverSent: false, new IOException($"Short body from {url}."));
}
