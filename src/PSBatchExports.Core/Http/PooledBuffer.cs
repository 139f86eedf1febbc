using System.Buffers;

namespace PSBatchExports.Http;

/// <summary>
/// A growing buffer rented from the shared pool; dispose of it to return the memory. Pages are large and follow each other quickly. It
/// grows in large steps, because the pool keeps the buffer of each step.
/// </summary>
internal sealed class PooledBuffer(int size) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);
    private int _written;

    /// <summary>The bytes written so far.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, _written);

    /// <summary>The memory to write to next; never empty.</summary>
    public Memory<byte> Free => _bytes.AsMemory(_written);

    public void Advance(int count)
    {
        _written += count;
        if (_written < _bytes.Length)
            return;

        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 4);
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);

        (_bytes, _written) = ([], 0);
    }
}
