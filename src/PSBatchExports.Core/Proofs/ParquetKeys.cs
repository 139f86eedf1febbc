using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Proofs;

/// <summary>
/// Reads the key of each row of a Parquet file: one column of texts, in the encodings that writers use for it, and in the compressions that
/// the framework has.
/// </summary>
/// <param name="file">A file whose footer is valid.</param>
/// <param name="keys">Where the keys go.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class ParquetKeys(Stream file, RowKeyCollector keys, CancellationToken cancellationToken)
{
    private const int MaxPageBytes = 16 * 1024 * 1024;
    private const int PlainDictionary = 2;
    private const int DictionaryIndexes = 8;

    private byte[] _dictionary = [];
    private List<int> _offsets = [];

    /// <summary>Reads the keys.</summary>
    /// <returns>Why they cannot be read, as a clause; null if they were.</returns>
    /// <exception cref="InvalidDataException">The file contradicts itself.</exception>
    public string? Read()
    {
        if (ParquetColumn.Find(file, keys.Rule.Column, cancellationToken) is not { } column)
            return $"the rows have no {keys.Rule.Column}";

        foreach (var chunk in column.Chunks)
        {
            if (chunk.Codec is not (0 or 2 or 4))
                return $"rows of Parquet with {NameOf(chunk.Codec)} cannot be read here";

            if (ReadChunk(chunk, column.IsOptional) is { } limit)
                return limit;
        }

        return null;
    }

    private string? ReadChunk(ParquetChunk chunk, bool isOptional)
    {
        (_dictionary, _offsets) = ([], []);
        var (position, values) = (chunk.Start, 0L);
        while (values < chunk.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Position = position;
            var thrift = new ThriftReader(file, chunk.End - position, cancellationToken);
            var page = ParquetPage.Read(thrift);
            position = chunk.End - thrift.Remaining;
            if (Math.Max(page.Length, page.CompressedLength) > MaxPageBytes)
                return $"a page is larger than {MaxPageBytes / (1024 * 1024)} MiB";

            if (page.CompressedLength > chunk.End - position)
                throw new InvalidDataException("it has a page that is longer than its column");

            file.Position = position;
            position += page.CompressedLength;
            var limit = ReadPage(page, chunk.Codec, isOptional);
            if (limit is not null)
                return limit;

            values += page.Type is ParquetPage.Data or ParquetPage.DataV2 ? page.Values : 0;
        }

        return values == chunk.Values ? null : throw new InvalidDataException("its pages do not add up to the number of rows");
    }

    private string? ReadPage(ParquetPage page, int codec, bool isOptional)
    {
        var stored = ArrayPool<byte>.Shared.Rent(page.CompressedLength);
        var content = ArrayPool<byte>.Shared.Rent(page.Length);
        try
        {
            var bytes = stored.AsSpan(0, page.CompressedLength);
            file.ReadExactly(bytes);
            switch (page.Type)
            {
                case ParquetPage.Dictionary:
                    ReadDictionary(Unpack(stored, 0, page.CompressedLength, content.AsSpan(0, page.Length), codec), page.Values);
                    return null;
                case ParquetPage.Data:
                    return ReadData(Unpack(stored, 0, page.CompressedLength, content.AsSpan(0, page.Length), codec), page, isOptional);
                case ParquetPage.DataV2:
                    return ReadDataV2(stored, content, page, codec, isOptional);
                default:
                    return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private void ReadDictionary(ReadOnlySpan<byte> texts, int count)
    {
        _dictionary = texts.ToArray();
        for (var number = 0; number < count; number++)
        {
            _offsets.Add(_dictionary.Length - texts.Length);
            TakeText(ref texts);
        }
    }

    private string? ReadData(ReadOnlySpan<byte> content, ParquetPage page, bool isOptional)
    {
        ReadOnlySpan<byte> levels = isOptional ? TakeText(ref content) : [];
        return ReadValues(content, levels, page, isOptional);
    }

    private string? ReadDataV2(byte[] stored, byte[] content, ParquetPage page, int codec, bool isOptional)
    {
        var levelBytes = (long)page.RepetitionBytes + page.DefinitionBytes;
        if (levelBytes > Math.Min(page.CompressedLength, page.Length))
            throw new InvalidDataException("it has an invalid page");

        var start = (int)levelBytes;
        var levels = stored.AsSpan(page.RepetitionBytes, page.DefinitionBytes);
        var target = content.AsSpan(0, page.Length - start);
        var values = Unpack(stored, start, page.CompressedLength - start, target, page.IsCompressed ? codec : 0);
        return ReadValues(values, levels, page, isOptional && page.DefinitionBytes > 0);
    }

    private string? ReadValues(ReadOnlySpan<byte> content, ReadOnlySpan<byte> levels, ParquetPage page, bool hasLevels)
    {
        var isIndexed = page.Encoding is PlainDictionary or DictionaryIndexes;
        if (!isIndexed && page.Encoding != 0)
            return FormattableString.Invariant($"the encoding {page.Encoding} of Parquet cannot be read here");

        var defined = new HybridDecoder(levels, bitWidth: 1);
        var indexes = isIndexed && content.Length > 0 ? new HybridDecoder(content[1..], content[0]) : default;
        for (var number = 0; number < page.Values; number++)
        {
            if (hasLevels && defined.Next() == 0)
                keys.AddMissing();
            else
                keys.Add(isIndexed ? Entry(indexes.Next()) : TakeText(ref content));
        }

        return null;
    }

    private ReadOnlySpan<byte> Entry(uint index)
    {
        if (index >= _offsets.Count)
            throw new InvalidDataException("it refers to a value that is not in its dictionary");

        ReadOnlySpan<byte> rest = _dictionary.AsSpan(_offsets[(int)index]);
        return TakeText(ref rest);
    }

    // Four bytes of length, and the text.
    private static ReadOnlySpan<byte> TakeText(scoped ref ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : -1;
        if (length < 0 || length > bytes.Length - sizeof(int))
            throw new InvalidDataException("it has a text that is longer than its page");

        var text = bytes.Slice(sizeof(int), length);
        bytes = bytes[(sizeof(int) + length)..];
        return text;
    }

    private static ReadOnlySpan<byte> Unpack(byte[] stored, int offset, int count, Span<byte> content, int codec)
    {
        if (codec == 0 || count == 0)
            return stored.AsSpan(offset, count);

        using var packed = new MemoryStream(stored, offset, count);
        using Stream reader = codec == 2
            ? new GZipStream(packed, CompressionMode.Decompress)
            : new BrotliStream(packed, CompressionMode.Decompress);
        try
        {
            reader.ReadExactly(content);
        }
        catch (EndOfStreamException failure)
        {
            throw new InvalidDataException("it has a page that is shorter than it says", failure);
        }
        catch (InvalidOperationException failure)
        {
            // That is what the framework says of invalid brotli data.
            throw new InvalidDataException("it has a page that cannot be unpacked", failure);
        }

        return content;
    }

    private static string NameOf(int codec) => codec switch
    {
        1 => "snappy",
        3 => "LZO",
        5 or 7 => "lz4",
        6 => "zstd",
        _ => FormattableString.Invariant($"the compression {codec}"),
    };
}
