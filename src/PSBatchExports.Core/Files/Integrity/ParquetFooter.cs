using System.Buffers.Binary;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// What the footer of a Parquet file says of its rows. The file is "PAR1", the data, the footer (FileMetaData in Thrift's compact protocol), its
/// length in four bytes, and "PAR1"; an encrypted footer has "PARE" instead.
/// </summary>
internal static class ParquetFooter
{
    private const int MarkBytes = 4;
    private const int TailBytes = 2 * MarkBytes;

    /// <summary>A footer that is signed, not encrypted, is followed by its nonce and tag.</summary>
    private const int SignatureBytes = 28;

    private static ReadOnlySpan<byte> Mark => "PAR1"u8;

    private static ReadOnlySpan<byte> EncryptedMark => "PARE"u8;

    public static FileRowCount CountRows(Stream content, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[MarkBytes];
        Span<byte> tail = stackalloc byte[TailBytes];
        if (content.Length < MarkBytes + TailBytes)
            return new FileRowCount.Damaged("it is too short for a Parquet file");

        content.Position = 0;
        content.ReadExactly(head);
        content.Position = content.Length - TailBytes;
        content.ReadExactly(tail);
        var mark = tail[MarkBytes..];
        if (!mark.SequenceEqual(head) || !(mark.SequenceEqual(Mark) || mark.SequenceEqual(EncryptedMark)))
            return new FileRowCount.Damaged("it lacks the marks of a Parquet file at its two ends");

        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        var start = content.Length - TailBytes - length;
        if (start < MarkBytes)
            return new FileRowCount.Damaged("its Parquet footer would begin before the file");
        if (mark.SequenceEqual(EncryptedMark))
            return new FileRowCount.NotCountable("its Parquet footer is encrypted");

        content.Position = start;
        try
        {
            return new FileRowCount.Counted(new Reader(new ThriftReader(content, length, cancellationToken), start).ReadRows());
        }
        catch (InvalidDataException damage)
        {
            return new FileRowCount.Damaged($"its Parquet footer cannot be read: {damage.Message}");
        }
    }

    /// <summary>Reads the footer whole: what is in it is checked against itself and against where the data end.</summary>
    private sealed class Reader(ThriftReader thrift, long dataEnd)
    {
        private long? _rows;
        private long? _rowsOfGroups;
        private bool _isSigned;

        public long ReadRows()
        {
            thrift.ReadStruct(ReadField);
            if (_rows is not (>= 0 and var rows) || _rowsOfGroups is not { } rowsOfGroups)
                throw new InvalidDataException("it does not say how many rows there are");
            if (rows != rowsOfGroups)
                throw new InvalidDataException("its row groups have another number of rows than the file");
            if (thrift.Left != (_isSigned ? SignatureBytes : 0))
                throw new InvalidDataException("something follows it");

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
                    _rowsOfGroups = 0;
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
                case (3, ThriftType.Int64) when thrift.ReadInteger() is >= 0 and var rows && rows <= long.MaxValue - _rowsOfGroups:
                    _rowsOfGroups += rows;
                    break;
                case (3, ThriftType.Int64):
                    throw new InvalidDataException("a row group has an impossible number of rows");
                default:
                    thrift.Skip(type);
                    break;
            }
        });

        // ColumnChunk: 1 file_path, where the data are in another file; 3 meta_data.
        private void ReadColumn(ThriftType element)
        {
            var isElsewhere = false;
            long? end = null;
            ReadElement(element, (id, type) =>
            {
                isElsewhere |= id == 1;
                if ((id, type) == (3, ThriftType.Struct))
                    end = ReadDataEnd();
                else
                    thrift.Skip(type);
            });
            if (!isElsewhere && (end < MarkBytes || end > dataEnd))
                throw new InvalidDataException("the data it describes are not in the file");
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
            return size >= 0 && start >= MarkBytes && start <= long.MaxValue - size ? start + size : -1;
        }

        private void ReadElement(ThriftType element, Action<int, ThriftType> read)
        {
            if (element != ThriftType.Struct)
                throw new InvalidDataException("it has other elements than it should");

            thrift.ReadStruct(read);
        }
    }
}
