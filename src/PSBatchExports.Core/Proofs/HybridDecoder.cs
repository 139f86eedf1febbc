namespace PSBatchExports.Proofs;

/// <summary>Decodes Parquet's RLE / bit-packed hybrid: runs of one value, and groups of eight packed values.</summary>
/// <param name="bytes">The runs.</param>
/// <param name="bitWidth">The number of bits of a value.</param>
internal ref struct HybridDecoder(ReadOnlySpan<byte> bytes, int bitWidth)
{
    private const int MaxBitWidth = 32;
    private const int MaxVarintBytes = 5;

    private readonly int _bitWidth = bitWidth <= MaxBitWidth ? bitWidth : throw new InvalidDataException("it has an invalid bit width");
    private ReadOnlySpan<byte> _rest = bytes;
    private ReadOnlySpan<byte> _packed;
    private long _bit;
    private long _left;
    private uint _repeated;
    private bool _isPacked;

    /// <exception cref="InvalidDataException">There are no more values.</exception>
    public uint Next()
    {
        while (_left == 0)
            ReadRun();

        _left--;
        return _isPacked ? Unpack() : _repeated;
    }

    private void ReadRun()
    {
        var header = ReadVarint();
        _isPacked = (header & 1) == 1;
        if (_isPacked)
        {
            long groups = header >> 1;
            _packed = Take(groups * _bitWidth);
            (_bit, _left) = (0, groups * 8);
            return;
        }

        _left = header >> 1;
        _repeated = 0;
        var value = Take((_bitWidth + 7) / 8);
        for (var at = 0; at < value.Length; at++)
            _repeated |= (uint)value[at] << (8 * at);
    }

    private uint Unpack()
    {
        uint value = 0;
        for (var bit = 0; bit < _bitWidth; bit++, _bit++)
            value |= (uint)((_packed[(int)(_bit >> 3)] >> (int)(_bit & 7)) & 1) << bit;

        return value;
    }

    private uint ReadVarint()
    {
        uint value = 0;
        for (var at = 0; at < MaxVarintBytes; at++)
        {
            var next = Take(1)[0];
            value |= (uint)(next & 0x7F) << (7 * at);
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("it has an unterminated number");
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _rest.Length)
            throw new InvalidDataException("it has fewer values than it says");

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
