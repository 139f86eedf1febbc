using System.Text;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// Reads the part of Thrift's compact protocol that Parquet uses from the next <paramref name="length"/> bytes of a stream. Nothing is
/// stored, so neither long texts nor many elements take memory. The time is proportional to the number of bytes, whatever they claim.
/// </summary>
internal sealed class ThriftReader(Stream content, long length, CancellationToken cancellationToken)
{
    private const int MaxDepth = 64;
    private const int MaxVarintBytes = 10;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _position;
    private int _end;
    private long _unread = length;
    private int _depth;

    /// <summary>The number of unread bytes.</summary>
    public long Remaining => _unread + _end - _position;

    /// <summary>Calls <paramref name="read"/> for the id and type of each field. It must read or skip the value.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a structure.</exception>
    public void ReadStruct(Action<int, ThriftType> read)
    {
        if (++_depth > MaxDepth)
            throw new InvalidDataException("it is nested too deeply");

        var id = 0;
        while (true)
        {
            var head = ReadByte();
            var type = (ThriftType)(head & 0xF);
            if (type == ThriftType.Stop)
                break;

            id = head >> 4 is > 0 and var step ? id + step : (int)ReadInteger();
            read(id, type);
        }

        _depth--;
    }

    /// <summary>Calls <paramref name="read"/> for the type of each element. It must read or skip the element.</summary>
    public void ReadList(Action<ThriftType> read)
    {
        var head = ReadByte();
        var count = head >> 4 is < 15 and var few ? few : ReadLength();
        var type = (ThriftType)(head & 0xF);
        for (ulong at = 0; at < (ulong)count; at++)
            read(type);
    }

    /// <summary>Reads an integer of any size.</summary>
    public long ReadInteger()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads a text; null, and nothing is stored, if it is longer than <paramref name="maxBytes"/>.</summary>
    public string? ReadText(int maxBytes)
    {
        var count = ReadLength();
        if (count > maxBytes)
        {
            SkipBytes(count);
            return null;
        }

        var bytes = new byte[count];
        for (var at = 0; at < bytes.Length; at++)
            bytes[at] = ReadByte();

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Skips a value. A Boolean takes a byte as an element, and none as a field.</summary>
    public void Skip(ThriftType type, bool isField = true)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False when isField:
                break;
            case ThriftType.True or ThriftType.False or ThriftType.Byte:
                SkipBytes(1);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                SkipBytes(sizeof(double));
                break;
            case ThriftType.Binary:
                SkipBytes(ReadLength());
                break;
            case ThriftType.List or ThriftType.Set:
                Nest(() => ReadList(element => Skip(element, isField: false)));
                break;
            case ThriftType.Map:
                Nest(SkipMap);
                break;
            case ThriftType.Struct:
                ReadStruct((_, field) => Skip(field));
                break;
            default:
                throw new InvalidDataException("it has a value of an unknown type");
        }
    }

    private void SkipMap()
    {
        var count = ReadLength();
        if (count == 0)
            return;

        var types = ReadByte();
        for (long at = 0; at < count; at++)
        {
            Skip((ThriftType)(types >> 4), isField: false);
            Skip((ThriftType)(types & 0xF), isField: false);
        }
    }

    private void Nest(Action read)
    {
        if (++_depth > MaxDepth)
            throw new InvalidDataException("it is nested too deeply");

        read();
        _depth--;
    }

    // Each element takes at least a byte, so there cannot be more elements than bytes.
    private long ReadLength()
    {
        var value = ReadVarint();
        return value <= (ulong)Remaining ? (long)value : throw Truncated();
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var at = 0; at < MaxVarintBytes; at++)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << (7 * at);
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("it has an unterminated number");
    }

    private byte ReadByte()
    {
        if (_position == _end)
            ReadMore();

        return _buffer[_position++];
    }

    private void SkipBytes(long count)
    {
        if (count > Remaining)
            throw Truncated();

        var buffered = Math.Min(count, _end - _position);
        _position += (int)buffered;
        content.Seek(count - buffered, SeekOrigin.Current);
        _unread -= count - buffered;
    }

    private void ReadMore()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_unread == 0)
            throw Truncated();

        _position = 0;
        _end = (int)Math.Min(_buffer.Length, _unread);
        content.ReadExactly(_buffer.AsSpan(0, _end));
        _unread -= _end;
    }

    private static InvalidDataException Truncated() => new("it is truncated");
}

internal enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}
