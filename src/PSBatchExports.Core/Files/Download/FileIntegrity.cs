using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PSBatchExports;

/// <summary>Finds out whether the bytes of a file are what they should be (docs/wire.md, section 14).</summary>
internal static class FileIntegrity
{
    private const int BufferBytes = 256 * 1024;
    private const int ParquetMarkBytes = 4;

    /// <summary>What is wrong with a file that was read from the storage; null for nothing.</summary>
    public static string? FindDamage(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        if (expected.Md5 is { } md5)
        {
            using var content = open();
            if (!HasMd5(content, md5, cancellationToken))
                return "its MD5 is not the one that the storage has";
        }

        using var data = open();
        return Path.GetExtension(expected.Name).ToLowerInvariant() switch
        {
            ".parquet" when !IsParquet(data) => "it lacks the marks of a Parquet file at its two ends",
            ".gz" when !IsWholeGzip(data, cancellationToken) => "its gzip data cannot be read to the end",
            ".br" when !IsWholeBrotli(data, cancellationToken) => "its brotli data cannot be read to the end",
            _ => null,
        };
    }

    [SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
    public static bool HasMd5(Stream content, string md5, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        ReadAll(content, bytes => hash.AppendData(bytes), cancellationToken);
        return Convert.ToHexString(hash.GetHashAndReset()).Equals(md5, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsParquet(Stream content)
    {
        if (content.Length < 3 * ParquetMarkBytes)
            return false;

        Span<byte> mark = stackalloc byte[ParquetMarkBytes];
        content.ReadExactly(mark);
        if (!IsMark(mark))
            return false;

        content.Seek(-ParquetMarkBytes, SeekOrigin.End);
        content.ReadExactly(mark);
        return IsMark(mark);
    }

    // The second is that of a file with an encrypted footer.
    private static bool IsMark(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("PAR1"u8) || bytes.SequenceEqual("PARE"u8);

    /// <summary>
    /// The framework takes data that end too early for whole. So a member of our own is put behind them: where it does not come out at the
    /// end, what stands before it was not complete.
    /// </summary>
    private static bool IsWholeGzip(Stream content, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetBytes(16);
        using var last = new MemoryStream();
        using (var writer = new GZipStream(last, CompressionLevel.Fastest, leaveOpen: true))
            writer.Write(mark);

        last.Position = 0;
        var end = new byte[mark.Length];
        try
        {
            using var reader = new GZipStream(new JoinedStream(content, last), CompressionMode.Decompress);
            ReadAll(reader, bytes => KeepEnd(end, bytes), cancellationToken);
            return content.Length > 0 && end.AsSpan().SequenceEqual(mark);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static void KeepEnd(byte[] end, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < end.Length)
        {
            end.AsSpan(bytes.Length).CopyTo(end);
            bytes.CopyTo(end.AsSpan(end.Length - bytes.Length));
            return;
        }

        bytes[^end.Length..].CopyTo(end);
    }

    private static bool IsWholeBrotli(Stream content, CancellationToken cancellationToken)
    {
        var decoder = new BrotliDecoder();
        var output = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var status = OperationStatus.NeedMoreData;
        try
        {
            ReadAll(
                content,
                bytes =>
                {
                    while (!bytes.IsEmpty && status is not OperationStatus.InvalidData)
                    {
                        // Bytes behind the end of the data do not belong there.
                        status = status == OperationStatus.Done ? OperationStatus.InvalidData : Decode(ref decoder, ref bytes, output);
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

    private static OperationStatus Decode(ref BrotliDecoder decoder, ref ReadOnlySpan<byte> bytes, byte[] output)
    {
        OperationStatus status;
        do
        {
            status = decoder.Decompress(bytes, output, out var consumed, out _);
            bytes = bytes[consumed..];
        }
        while (status == OperationStatus.DestinationTooSmall);
        return status;
    }

    private delegate void TakeBytes(ReadOnlySpan<byte> bytes);

    private static void ReadAll(Stream content, TakeBytes take, CancellationToken cancellationToken)
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
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One stream after the other, forward only.</summary>
    private sealed class JoinedStream(Stream first, Stream second) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => first.Read(buffer) is > 0 and var read ? read : second.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
