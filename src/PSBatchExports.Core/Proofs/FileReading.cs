using System.Security.Cryptography;

namespace PSBatchExports.Proofs;

/// <summary>Reads a file once, from its beginning to its end, and hashes it on the way.</summary>
/// <param name="file">The file, at its beginning.</param>
/// <param name="hash">The hash; null for none.</param>
/// <param name="onRead">Called with the number of bytes after each read.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class FileReading(Stream file, IncrementalHash? hash, Action<int> onRead, CancellationToken cancellationToken) : Stream
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

    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = file.Read(buffer);
        hash?.AppendData(buffer[..count]);
        onRead(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
