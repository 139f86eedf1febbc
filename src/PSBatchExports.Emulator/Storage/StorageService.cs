using System.Globalization;
using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Storage;

/// <summary>The storage origin: objects behind pre-signed URLs.</summary>
internal sealed class StorageService(EmulatorState state, EmulatorOptions options, RunFiles runFiles, SignedUrls urls)
{
    public async Task<EmulatorResponse> RespondAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        if (request.Header("Authorization") is { } authorization)
            return StorageErrors.TwoMechanisms(authorization);

        if (Reject(request) is { } refusal)
            return refusal;

        if (request.Method != "GET")
            return StorageErrors.MethodNotAllowed();

        return await FindAsync(Uri.UnescapeDataString(request.Path).TrimStart('/')) is { } found
            ? Send(request, found.File, found.Run)
            : StorageErrors.NoSuchKey();
    }

    private EmulatorResponse? Reject(EmulatorRequest request)
    {
        if (request.Parameter("X-Amz-Signature") is null
            || !long.TryParse(request.Parameter("X-Amz-Expires"), CultureInfo.InvariantCulture, out var lifetime)
            || !SignedUrls.TryParseTime(request.Parameter("X-Amz-Date"), out var signedAt))
        {
            return StorageErrors.AccessDenied();
        }

        if (state.StorageTokensExpiredBefore is { } expired && signedAt < expired)
            return StorageErrors.ExpiredToken();

        var expires = signedAt.AddSeconds(lifetime);
        if (state.Now > expires)
            return StorageErrors.Expired(lifetime, expires, state.Now);

        return urls.IsGenuine(request) ? null : StorageErrors.BadSignature();
    }

    private async Task<(RunFile File, OnDemandRun Run)?> FindAsync(string key)
    {
        if (state.StorageEmpty)
            return null;

        var segments = key.Split('/');
        if (segments.Length < 3 || !Guid.TryParse(segments[2], out var runId))
            return null;

        if (state.OnDemandRuns.FirstOrDefault(r => r.Id == runId) is not { } run)
            return null;

        var list = await runFiles.ListAsync(run);
        var file = list?.Files.FirstOrDefault(f => f.Key == key);
        return file is null ? null : (await runFiles.VersionOfAsync(file, state.FileVersion), run);
    }

    private EmulatorResponse Send(EmulatorRequest request, RunFile file, OnDemandRun run)
    {
        var length = file.Content.Length;
        var etag = $"\"{file.Content.ETag}\"";
        var modified = (run.CreatedAt + run.Duration).UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        var conditionHolds = request.Header("If-Range") is not { } validator || validator == etag || validator == modified;
        var range = conditionHolds ? ByteRange.Parse(request.Header("Range"), length) : null;
        if (range is { } asked && !asked.IsSatisfiable(length))
            return StorageErrors.InvalidRange(request.Header("Range")!, length);

        var part = range ?? new ByteRange(0, length - 1);
        var response = EmulatorResponse.Create(range is null ? 200 : 206, new FileBody(file.Content.Path, part.First, part.Length))
            .WithHeader("Content-Type", "binary/octet-stream")
            .WithHeader("Accept-Ranges", "bytes")
            .WithHeader("ETag", etag)
            .WithHeader("Last-Modified", modified);
        if (request.Parameter("response-content-disposition") is { } disposition && options.ContentDisposition)
            response.WithHeader("Content-Disposition", disposition);
        if (options.KmsEncryption)
            response.WithHeader("x-amz-server-side-encryption", "aws:kms");
        return range is null
            ? response
            : response.WithHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {part.First}-{part.Last}/{length}"));
    }
}
