using System.Buffers;

namespace PSBatchExports.Http;

/// <summary>Memory that grows as it is written to, lent by the pool until it is disposed of: pages are large, and one follows another.</summary>
internal sealed class LentBuffer(int size) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);
    private int _written;

    /// <summary>What was written.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, _written);

    /// <summary>Where to write on; never empty.</summary>
    public Memory<byte> Room => _bytes.AsMemory(_written);

    public void Advance(int count)
    {
        _written += count;
        if (_written < _bytes.Length)
            return;

        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
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
