namespace PSBatchExports.Files.Download;

/// <summary>Reads a file that is still being downloaded. A read blocks until its bytes have been written.</summary>
internal sealed class ArrivingStream(PartialFile partial, long length, CancellationToken cancellationToken) : Stream
{
    // Smaller reads cost more than they gain.
    private const int MinReadBytes = 64 * 1024;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = Math.Min(buffer.Length, length - Position);
        if (left <= 0)
            return 0;

        var available = partial.Written.WaitForBytes(Position, Math.Min(left, MinReadBytes), cancellationToken) - Position;
        var read = partial.Read(Position, buffer[..(int)Math.Min(left, available)]);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
