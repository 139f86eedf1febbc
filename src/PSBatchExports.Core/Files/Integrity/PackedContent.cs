using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PSBatchExports.Files.Integrity;

internal delegate void TakeBytes(ReadOnlySpan<byte> bytes);

/// <summary>Unpacks what a file holds, and finds out whether its data are complete and nothing follows them.</summary>
internal static class PackedContent
{
    private const int BufferBytes = 256 * 1024;
    private const int EndMarkBytes = 16;

    /// <summary>Hands everything to <paramref name="take"/> in its order, unpacked from gzip or brotli; from null, as it is.</summary>
    /// <returns>False where the data are not complete, or not those of the compression, or followed by something else.</returns>
    public static bool Read(Stream content, string? compression, TakeBytes take, CancellationToken cancellationToken) => compression switch
    {
        null => ReadPlain(content, take, cancellationToken),
        "gzip" => ReadGzip(content, take, cancellationToken),
        "brotli" => ReadBrotli(content, take, cancellationToken),
        _ => throw new ArgumentException($"The compression '{compression}' cannot be unpacked.", nameof(compression)),
    };

    /// <summary>What to say of a file that <see cref="Read"/> found wrong.</summary>
    public static string Damage(string compression) => $"its {compression} data cannot be read to the end";

    private static bool ReadPlain(Stream content, TakeBytes take, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                take(buffer.AsSpan(0, read));
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The framework takes data that end too early for whole, and stops where something else than a member follows. So a member of our own is
    /// put behind them: where it does not come out at the end, what stands before it is not complete gzip data.
    /// </summary>
    private static bool ReadGzip(Stream content, TakeBytes take, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetBytes(EndMarkBytes);
        using var last = new MemoryStream();
        using (var writer = new GZipStream(last, CompressionLevel.Fastest, leaveOpen: true))
            writer.Write(mark);

        last.Position = 0;
        var joined = new JoinedStream(content, last, cancellationToken);
        using var reader = new GZipStream(joined, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // What may be the mark is held back until more follows.
            var held = 0;
            int read;
            while ((read = reader.Read(buffer, held, BufferBytes - held)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                held += read;
                if (held <= EndMarkBytes)
                    continue;

                var taken = held - EndMarkBytes;
                take(buffer.AsSpan(0, taken));
                buffer.AsSpan(taken, EndMarkBytes).CopyTo(buffer);
                held = EndMarkBytes;
            }

            return joined.HadContent && buffer.AsSpan(0, held).SequenceEqual(mark);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool ReadBrotli(Stream content, TakeBytes take, CancellationToken cancellationToken)
    {
        var decoder = new BrotliDecoder();
        var output = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var status = OperationStatus.NeedMoreData;
        try
        {
            ReadPlain(
                content,
                bytes =>
                {
                    while (!bytes.IsEmpty && status is not OperationStatus.InvalidData)
                    {
                        // Bytes behind the end of the data do not belong there.
                        status = status == OperationStatus.Done
                            ? OperationStatus.InvalidData
                            : Decode(ref decoder, ref bytes, output, take, cancellationToken);
                    }
                },
                cancellationToken);
            return status == OperationStatus.Done;
        }
        finally
        {
            decoder.Dispose();
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private static OperationStatus Decode(
        ref BrotliDecoder decoder, ref ReadOnlySpan<byte> bytes, byte[] output, TakeBytes take, CancellationToken cancellationToken)
    {
        OperationStatus status;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            status = decoder.Decompress(bytes, output, out var consumed, out var written);
            bytes = bytes[consumed..];
            take(output.AsSpan(0, written));
        }
        while (status == OperationStatus.DestinationTooSmall);
        return status;
    }

    /// <summary>One stream after the other, forward only.</summary>
    private sealed class JoinedStream(Stream first, Stream second, CancellationToken cancellationToken) : Stream
    {
        /// <summary>Whether the first was not empty.</summary>
        public bool HadContent { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = first.Read(buffer);
            HadContent |= read > 0;
            return read > 0 ? read : second.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
