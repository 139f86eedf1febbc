using System.Text;

namespace PSBatchExports.Files.Storage;

/// <summary>A response of the storage whose body is still to be read.</summary>
internal sealed class StorageResponse : IDisposable
{
    private const int MaxPeekBytes = 512;

    private readonly FailedRequest _request;
    private readonly HttpResponseMessage _response;
    private readonly TimeSpan _stallTimeout;
    private readonly CancellationTokenSource _stall;
    private Stream? _body;
    private ReadOnlyMemory<byte> _readAhead;

    public StorageResponse(
        TimeProvider time,
        FailedRequest request,
        HttpResponseMessage response,
        BodyExtent extent,
        StorageObject found,
        TimeSpan stallTimeout)
    {
        _request = request;
        _response = response;
        _stallTimeout = stallTimeout;
        _stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Extent = extent;
        Object = found;
    }

    public StorageObject Object { get; }

    /// <summary>Which bytes of the object the body holds.</summary>
    public BodyExtent Extent { get; }

    /// <summary>Peeks at the first bytes, until some are not white space. <see cref="ReadAsync"/> returns them again.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        var start = new byte[MaxPeekBytes];
        var length = 0;
        int read;
        do
        {
            read = await ReadAsync(start.AsMemory(length), cancellationToken);
            length += read;
        }
        while (read > 0 && length < start.Length && !IsEnough(start.AsSpan(0, length)));

        return _readAhead = start.AsMemory(0, length);
    }

    /// <returns>The number of bytes read; 0 at the end of the body.</returns>
    /// <exception cref="RequestTimedOutException">Nothing arrived within the stall timeout.</exception>
    /// <exception cref="ConnectionFailedException">The connection broke.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_readAhead.IsEmpty)
        {
            var ready = Math.Min(buffer.Length, _readAhead.Length);
            _readAhead[..ready].CopyTo(buffer);
            _readAhead = _readAhead[ready..];
            return ready;
        }

        try
        {
            _body ??= await _response.Content.ReadAsStreamAsync(cancellationToken);
            using var stopping = cancellationToken.UnsafeRegister(static stall => ((CancellationTokenSource)stall!).Cancel(), _stall);
            _stall.CancelAfter(_stallTimeout);
            var read = await _body.ReadAsync(buffer, _stall.Token);
            _stall.CancelAfter(Timeout.InfiniteTimeSpan);
            return read;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RequestTimedOutException($"The storage sent nothing for {_stallTimeout.TotalSeconds:0.#} seconds.", _request, late);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(failure);
        }
    }

    /// <summary>Reads the body to its end, or up to a number of bytes.</summary>
    public async ValueTask<byte[]> ReadUpToAsync(long count, CancellationToken cancellationToken)
    {
        var (bytes, length) = (new byte[count], 0);
        while (length < bytes.Length && await ReadAsync(bytes.AsMemory(length), cancellationToken) is > 0 and var read)
            length += read;

        return bytes[..length];
    }

    /// <summary>The error of a body that ended too early.</summary>
    public ConnectionFailedException Broken(Exception? failure = null) =>
        new(
            "The connection to the storage broke before the file was complete.",
            _request,
            neverSent: false,
            failure ?? new IOException("The body is too short."));

    /// <summary>The error of a response that does not match the request.</summary>
    public UnexpectedResponseException Unexpected(string message) =>
        new(message, _request with { StatusCode = (int)_response.StatusCode }, isTransient: true);

    public void Dispose()
    {
        _stall.Dispose();
        _response.Dispose();
    }

    private static bool IsEnough(ReadOnlySpan<byte> start) =>
        start.Length >= StorageEvidence.SignatureBytes && !string.IsNullOrWhiteSpace(Encoding.Latin1.GetString(start));
}
