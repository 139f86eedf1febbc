using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PSBatchExports.Files.Integrity;

internal delegate void BytesHandler(ReadOnlySpan<byte> bytes);

/// <summary>Decompresses a file and checks that its data are complete and nothing follows them.</summary>
internal static class CompressedContent
{
    private const int BufferBytes = 256 * 1024;
    private const int MarkerBytes = 16;

    /// <summary>Passes the decompressed bytes to <paramref name="onBytes"/>, in order.</summary>
    /// <param name="content">The file.</param>
    /// <param name="compression">"gzip" or "brotli"; null if the file is not compressed.</param>
    /// <param name="onBytes">Receives the bytes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>False if the data are incomplete, not of this compression, or followed by other bytes.</returns>
    public static bool Read(Stream content, string? compression, BytesHandler onBytes, CancellationToken cancellationToken) =>
        compression switch
        {
            null => ReadPlain(content, onBytes, cancellationToken),
            "gzip" => ReadGzip(content, onBytes, cancellationToken),
            "brotli" => ReadBrotli(content, onBytes, cancellationToken),
            _ => throw new ArgumentException($"The compression '{compression}' is not supported.", nameof(compression)),
        };

    /// <summary>Describes, as a clause, a file for which <see cref="Read"/> returned false.</summary>
    public static string DescribeDamage(string compression) => $"its {compression} data cannot be read to the end";

    private static bool ReadPlain(Stream content, BytesHandler onBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                onBytes(buffer.AsSpan(0, read));
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // GZipStream accepts truncated data, and stops silently at trailing bytes that are not a gzip member. So a marker member is appended:
    // unless it comes out at the end, the data before it are incomplete.
    private static bool ReadGzip(Stream content, BytesHandler onBytes, CancellationToken cancellationToken)
    {
        var marker = RandomNumberGenerator.GetBytes(MarkerBytes);
        using var markerMember = new MemoryStream();
        using (var writer = new GZipStream(markerMember, CompressionLevel.Fastest, leaveOpen: true))
            writer.Write(marker);

        markerMember.Position = 0;
        var concatenated = new ConcatenatedStream(content, markerMember, cancellationToken);
        using var reader = new GZipStream(concatenated, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // The last bytes may be the marker. They are held back until more follow.
            var held = 0;
            int read;
            while ((read = reader.Read(buffer, held, BufferBytes - held)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                held += read;
                if (held <= MarkerBytes)
                    continue;

                var taken = held - MarkerBytes;
                onBytes(buffer.AsSpan(0, taken));
                buffer.AsSpan(taken, MarkerBytes).CopyTo(buffer);
                held = MarkerBytes;
            }

            return concatenated.HadContent && buffer.AsSpan(0, held).SequenceEqual(marker);
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

    private static bool ReadBrotli(Stream content, BytesHandler onBytes, CancellationToken cancellationToken)
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
                        // Bytes after the end of the data.
                        status = status == OperationStatus.Done
                            ? OperationStatus.InvalidData
                            : Decode(ref decoder, ref bytes, output, onBytes, cancellationToken);
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
        ref BrotliDecoder decoder, ref ReadOnlySpan<byte> bytes, byte[] output, BytesHandler onBytes, CancellationToken cancellationToken)
    {
        OperationStatus status;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            status = decoder.Decompress(bytes, output, out var consumed, out var written);
            bytes = bytes[consumed..];
            onBytes(output.AsSpan(0, written));
        }
        while (status == OperationStatus.DestinationTooSmall);
        return status;
    }

    /// <summary>Reads one stream after the other, forward only.</summary>
    private sealed class ConcatenatedStream(Stream first, Stream second, CancellationToken cancellationToken) : Stream
    {
        /// <summary>Whether the first stream was not empty.</summary>
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
