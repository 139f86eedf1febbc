using System.Buffers.Binary;

namespace PSBatchExports.Emulator.State;

/// <summary>Generates time-ordered UUIDs; the same seed and clock produce the same UUIDs.</summary>
internal sealed class IdSource(int seed)
{
    private readonly byte[] _noise = new byte[8];
    private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15UL + 1;
    private long _lastMilliseconds;

    public Guid Next(DateTimeOffset at)
    {
        _lastMilliseconds = Math.Max(_lastMilliseconds + 1, at.ToUnixTimeMilliseconds());
        return At(_lastMilliseconds);
    }

    /// <summary>An id for a time in the past, which does not affect later ids.</summary>
    public Guid Past(DateTimeOffset at) => At(at.ToUnixTimeMilliseconds());

    private Guid At(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        BinaryPrimitives.WriteUInt64LittleEndian(_noise, Noise());
        _noise.CopyTo(bytes[8..]);
        return new Guid(bytes, bigEndian: true);
    }

    private ulong Noise()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
