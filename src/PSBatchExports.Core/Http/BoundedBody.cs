namespace PSBatchExports.Http;

/// <summary>Reads a body up to a bound, so that no answer fills the memory. What counts is what comes out of a compressed one.</summary>
internal static class BoundedBody
{
    /// <summary>Reads as much of the body as there is and can be read, up to <paramref name="mostBytes"/>.</summary>
    public static async Task<byte[]> ReadStartAsync(HttpContent content, int mostBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[mostBytes];
        var length = 0;
        try
        {
            int read;
            do
            {
                read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                length += read;
            }
            while (read > 0 && length < mostBytes);
        }
        catch (Exception garbled) when (IsGarbled(garbled))
        {
        }

        return buffer[..length];
    }

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="UnreadableBodyException">It is longer than <paramref name="mostBytes"/>, or not compressed in the way that it says.</exception>
    public static async Task<LentBuffer> ReadAsync(HttpContent content, int mostBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new LentBuffer((int)Math.Clamp(content.Headers.ContentLength + 1 ?? 64 * 1024, 1024, 1024 * 1024));
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.Room, cancellationToken);
                if (read == 0)
                    return buffer;

                buffer.Advance(read);
                if (buffer.Written.Length > mostBytes)
                    throw new UnreadableBodyException($"is longer than {mostBytes / (1024 * 1024)} MiB, which none of the service's is; no more of it was read");
            }
        }
        catch (Exception failure)
        {
            buffer.Dispose();
            if (IsGarbled(failure))
                throw new UnreadableBodyException("is not compressed in the way that it says", failure);

            throw;
        }
    }

    // Gzip and deflate say the first, Brotli the second.
    private static bool IsGarbled(Exception failure) => failure is InvalidDataException || (failure is InvalidOperationException && failure.Source?.StartsWith("System.IO.Compression", StringComparison.Ordinal) == true);
}

#pragma warning disable CA1032, CA1064 // Does not leave this assembly.
/// <summary>A body that is too long or garbled. The message is the end of a sentence about it.</summary>
internal sealed class UnreadableBodyException(string message, Exception? garbled = null) : Exception(message, garbled)
{
    /// <summary>Whether it may be readable the next time.</summary>
    public bool IsTransient => InnerException is not null;
}
#pragma warning restore CA1032, CA1064
