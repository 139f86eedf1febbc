namespace PSBatchExports.Http;

/// <summary>Reads response bodies up to a maximum size, so that none exhausts the memory. The decompressed size counts.</summary>
internal static class BoundedBody
{
    /// <summary>Reads the beginning of a body: up to <paramref name="maxBytes"/>, or as far as it can be decompressed.</summary>
    public static async Task<byte[]> ReadStartAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[maxBytes];
        var length = 0;
        try
        {
            int read;
            do
            {
                read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                length += read;
            }
            while (read > 0 && length < maxBytes);
        }
        catch (Exception corrupt) when (IsCorrupt(corrupt))
        {
        }

        return buffer[..length];
    }

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="UnreadableBodyException">It is longer than <paramref name="maxBytes"/>, or cannot be decompressed.</exception>
    public static async Task<PooledBuffer> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new PooledBuffer((int)Math.Clamp(content.Headers.ContentLength + 1 ?? 64 * 1024, 1024, 1024 * 1024));
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.Free, cancellationToken);
                if (read == 0)
                    return buffer;

                buffer.Advance(read);
                if (buffer.Written.Length > maxBytes)
                {
                    throw new UnreadableBodyException(
                        $"is longer than {maxBytes / (1024 * 1024)} MiB, which none of the service's is; no more of it was read");
                }
            }
        }
        catch (Exception failure)
        {
            buffer.Dispose();
            if (IsCorrupt(failure))
                throw new UnreadableBodyException("is not compressed in the way that it says", failure);

            throw;
        }
    }

    // Gzip and deflate throw the former, Brotli the latter.
    private static bool IsCorrupt(Exception failure) =>
        failure is InvalidDataException
        || (failure is InvalidOperationException && failure.Source?.StartsWith("System.IO.Compression", StringComparison.Ordinal) == true);
}

/// <summary>A body that is too long or cannot be decompressed. The message is a predicate without its subject.</summary>
internal sealed class UnreadableBodyException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether a retry may help.</summary>
    public bool IsTransient => InnerException is not null;
}
