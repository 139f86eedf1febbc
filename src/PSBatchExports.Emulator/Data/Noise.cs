using System.Buffers.Binary;

namespace PSBatchExports.Emulator.Data;

/// <summary>Deterministic pseudo-random values of one row.</summary>
internal struct Noise(int seed, long row)
{
    private ulong _state = ((ulong)(uint)seed << 32) ^ (ulong)row * 0xD1342543DE82EF95UL;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }

    public int NextInt(int limit) => (int)(Next() % (ulong)limit);

    public T Pick<T>(T[] choices) => choices[NextInt(choices.Length)];

    public Guid Id(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (at.ToUnixTimeMilliseconds() << 16) | 0x7000 | (long)(Next() & 0xFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (Next() >> 2) | 0x8000000000000000UL);
        return new Guid(bytes, bigEndian: true);
    }
}
