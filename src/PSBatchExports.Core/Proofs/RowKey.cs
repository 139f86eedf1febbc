using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PSBatchExports.Proofs;

/// <summary>The identity of a row in 16 bytes, and the window that has it. A UUID is its own identity; any other text is hashed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct RowKey(ulong High, ulong Low, int Window)
{
    private const int KeyBytes = 16;
    private const int UuidTextLength = 36;

    // The golden ratio: it spreads consecutive scopes over all bits.
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    /// <summary>A row's key. Rows of different scopes never have the same key, except by chance.</summary>
    public static RowKey Of(ReadOnlySpan<byte> text, int scope, int window)
    {
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        if (text.Length == UuidTextLength && Utf8Parser.TryParse(text, out Guid uuid, out var consumed) && consumed == text.Length)
            uuid.TryWriteBytes(key[..KeyBytes], bigEndian: true, out _);
        else
            SHA256.HashData(text, key);

        var high = BinaryPrimitives.ReadUInt64BigEndian(key) ^ ((ulong)scope * Spread);
        return new RowKey(high, BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(ulong)..]), window);
    }

    /// <summary>Whether two keys are of the same row, whatever their windows.</summary>
    public bool IsSameRow(RowKey other) => High == other.High && Low == other.Low;

    /// <summary>The UUID that the key was made of; null if it was another text.</summary>
    public Guid? ToUuid(int scope)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, High ^ ((ulong)scope * Spread));
        BinaryPrimitives.WriteUInt64BigEndian(key[sizeof(ulong)..], Low);
        var isUuid = key[6] >> 4 is >= 1 and <= 8 && key[8] >> 6 == 2;
        return isUuid ? new Guid(key, bigEndian: true) : null;
    }

    /// <summary>Eight bits of the mixed key: equal rows have the same at any depth.</summary>
    public int Partition(int depth)
    {
        var mixed = (High ^ (Low * Spread)) * Spread;
        mixed = (mixed ^ (mixed >> 31)) * Spread;
        return (int)(mixed >> (56 - (8 * depth))) & 0xFF;
    }

    /// <summary>Orders keys by row, then by window.</summary>
    public static int Compare(RowKey one, RowKey other)
    {
        var order = one.High.CompareTo(other.High);
        if (order == 0)
            order = one.Low.CompareTo(other.Low);

        return order == 0 ? one.Window.CompareTo(other.Window) : order;
    }
}
