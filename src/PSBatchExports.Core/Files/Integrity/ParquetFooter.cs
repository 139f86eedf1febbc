using System.Buffers.Binary;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// Reads the row count from the footer of a Parquet file. The file is "PAR1", the data, the footer (FileMetaData in Thrift's compact
/// protocol), its length in four bytes, and "PAR1"; with an encrypted footer, "PARE" replaces "PAR1".
/// </summary>
internal static class ParquetFooter
{
    private const int MagicBytes = 4;
    private const int TailBytes = 2 * MagicBytes;

    // A footer that is signed but not encrypted is followed by its nonce and tag.
    private const int SignatureBytes = 28;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    public static FileRowCount CountRows(Stream content, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[MagicBytes];
        Span<byte> tail = stackalloc byte[TailBytes];
        if (content.Length < MagicBytes + TailBytes)
            return new FileRowCount.Damaged("it is too short for a Parquet file");

        content.Position = 0;
        content.ReadExactly(head);
        content.Position = content.Length - TailBytes;
        content.ReadExactly(tail);
        var magic = tail[MagicBytes..];
        if (!magic.SequenceEqual(head) || !(magic.SequenceEqual(Magic) || magic.SequenceEqual(EncryptedMagic)))
            return new FileRowCount.Damaged("it does not begin and end like a Parquet file");

        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        var start = content.Length - TailBytes - length;
        if (start < MagicBytes)
            return new FileRowCount.Damaged("its Parquet footer is longer than the file");

        if (magic.SequenceEqual(EncryptedMagic))
            return new FileRowCount.NotCountable("its Parquet footer is encrypted");

        content.Position = start;
        try
        {
            var reader = new Reader(new ThriftReader(content, length, cancellationToken), dataEnd: start);
            return new FileRowCount.Counted(reader.ReadRows());
        }
        catch (InvalidDataException damage)
        {
            return new FileRowCount.Damaged($"its Parquet footer cannot be read: {damage.Message}");
        }
    }

    /// <summary>Reads the whole footer, and checks it against itself and against the end of the data.</summary>
    private sealed class Reader(ThriftReader thrift, long dataEnd)
    {
        private long? _rows;
        private long? _groupRows;
        private bool _isSigned;

        public long ReadRows()
        {
            thrift.ReadStruct(ReadField);
            if (_rows is not (>= 0 and var rows) || _groupRows is not { } groupRows)
                throw new InvalidDataException("it does not state the number of rows");

            if (rows != groupRows)
                throw new InvalidDataException("its row groups do not add up to the number of rows");

            if (thrift.Remaining != (_isSigned ? SignatureBytes : 0))
                throw new InvalidDataException("it is followed by other bytes");

            return rows;
        }

        // FileMetaData: 3 num_rows, 4 row_groups, 8 encryption_algorithm.
        private void ReadField(int id, ThriftType type)
        {
            switch (id, type)
            {
                case (3, ThriftType.Int64):
                    _rows = thrift.ReadInteger();
                    break;
                case (4, ThriftType.List):
                    _groupRows = 0;
                    thrift.ReadList(ReadRowGroup);
                    break;
                default:
                    _isSigned |= id == 8;
                    thrift.Skip(type);
                    break;
            }
        }

        // RowGroup: 1 columns, 3 num_rows.
        private void ReadRowGroup(ThriftType element) => ReadElement(element, (id, type) =>
        {
            switch (id, type)
            {
                case (1, ThriftType.List):
                    thrift.ReadList(ReadColumn);
                    break;
                case (3, ThriftType.Int64) when thrift.ReadInteger() is >= 0 and var rows && rows <= long.MaxValue - _groupRows:
                    _groupRows += rows;
                    break;
                case (3, ThriftType.Int64):
                    throw new InvalidDataException("a row group has an invalid number of rows");
                default:
                    thrift.Skip(type);
                    break;
            }
        });

        // ColumnChunk: 1 file_path, if the data are in another file; 3 meta_data.
        private void ReadColumn(ThriftType element)
        {
            var isInOtherFile = false;
            long? end = null;
            ReadElement(element, (id, type) =>
            {
                isInOtherFile |= id == 1;
                if ((id, type) == (3, ThriftType.Struct))
                    end = ReadDataEnd();
                else
                    thrift.Skip(type);
            });
            if (!isInOtherFile && (end < MagicBytes || end > dataEnd))
                throw new InvalidDataException("it refers to data outside the file");
        }

        // ColumnMetaData: 7 total_compressed_size, 9 data_page_offset, 11 dictionary_page_offset.
        private long ReadDataEnd()
        {
            long size = 0;
            long data = 0;
            long dictionary = 0;
            thrift.ReadStruct((id, type) =>
            {
                switch (id, type)
                {
                    case (7, ThriftType.Int64):
                        size = thrift.ReadInteger();
                        break;
                    case (9, ThriftType.Int64):
                        data = thrift.ReadInteger();
                        break;
                    case (11, ThriftType.Int64):
                        dictionary = thrift.ReadInteger();
                        break;
                    default:
                        thrift.Skip(type);
                        break;
                }
            });
            var start = dictionary > 0 ? Math.Min(data, dictionary) : data;
            return size >= 0 && start >= MagicBytes && start <= long.MaxValue - size ? start + size : -1;
        }

        private void ReadElement(ThriftType element, Action<int, ThriftType> read)
        {
            if (element != ThriftType.Struct)
                throw new InvalidDataException("a list has elements of the wrong type");

            thrift.ReadStruct(read);
        }
    }
}
