namespace PSBatchExports;

/// <summary>Reads a body up to a bound, so that no answer fills the memory.</summary>
internal static class BoundedBody
{
    /// <summary>Reads as much of the body as there is, up to <paramref name="mostBytes"/>.</summary>
    public static async Task<byte[]> ReadStartAsync(HttpContent content, int mostBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[mostBytes];
        var length = await stream.ReadAtLeastAsync(buffer, mostBytes, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="mostBytes"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int mostBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[(int)Math.Clamp(content.Headers.ContentLength + 1 ?? 16 * 1024, 1024, 1024 * 1024)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                return buffer.AsMemory(0, length);

            length += read;
            if (length > mostBytes)
                throw new InvalidDataException($"The answer is longer than {mostBytes / (1024 * 1024)} MiB.");

            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
