using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Proofs;

/// <summary>Where the values of a column are in a Parquet file, by its footer.</summary>
/// <param name="IsOptional">Whether the column may have nulls.</param>
/// <param name="Chunks">The column's part of each row group.</param>
internal sealed record ParquetColumn(bool IsOptional, IReadOnlyList<ParquetChunk> Chunks)
{
    private const int TailBytes = 8;

    /// <summary>Finds a column of texts at the top of the schema; null if there is none.</summary>
    /// <param name="file">A file whose footer is valid.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidDataException">The footer contradicts itself.</exception>
    public static ParquetColumn? Find(Stream file, string name, CancellationToken cancellationToken)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        file.Position = file.Length - TailBytes;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        file.Position = file.Length - TailBytes - length;
        var reader = new Reader(new ThriftReader(file, length, cancellationToken), name);
        return reader.Read();
    }

    private sealed class Reader(ThriftReader thrift, string name)
    {
        private const int ByteArray = 6;
        private const int Required = 0;
        private const int Optional = 1;

        private readonly List<ParquetChunk> _chunks = [];
        private readonly Stack<int> _children = new();
        private int? _repetition;
        private int? _type;

        public ParquetColumn? Read()
        {
            // FileMetaData: 2 schema, 4 row_groups.
            thrift.ReadStruct((id, type) =>
            {
                if ((id, type) == (2, ThriftType.List))
                    thrift.ReadList(_ => ReadElement());
                else if ((id, type) == (4, ThriftType.List))
                    thrift.ReadList(_ => ReadRowGroup());
                else
                    thrift.Skip(type);
            });
            return (_type, _repetition) is (ByteArray, Required or Optional)
                ? new ParquetColumn(_repetition == Optional, _chunks)
                : null;
        }

        // SchemaElement: 1 type, 3 repetition_type, 4 name, 5 num_children. The root comes first, each group before its children.
        private void ReadElement()
        {
            var (type, repetition, children) = (-1, Required, 0);
            string? text = null;
            thrift.ReadStruct((id, field) =>
            {
                if (id == 1)
                    type = (int)thrift.ReadInteger();
                else if (id == 3)
                    repetition = (int)thrift.ReadInteger();
                else if (id == 4)
                    text = thrift.ReadText(name.Length);
                else if (id == 5)
                    children = (int)thrift.ReadInteger();
                else
                    thrift.Skip(field);
            });
            if (_children.Count == 1 && text == name)
                (_type, _repetition) = (type, repetition);

            if (_children.TryPop(out var left))
                _children.Push(left - 1);

            if (children > 0)
                _children.Push(children);

            while (_children.TryPeek(out var rest) && rest <= 0)
                _children.Pop();
        }

        // RowGroup: 1 columns.
        private void ReadRowGroup() => thrift.ReadStruct((id, type) =>
        {
            if ((id, type) == (1, ThriftType.List))
                thrift.ReadList(_ => ReadColumn());
            else
                thrift.Skip(type);
        });

        // ColumnChunk: 3 meta_data.
        private void ReadColumn() => thrift.ReadStruct((id, type) =>
        {
            if ((id, type) == (3, ThriftType.Struct))
                ReadMetadata();
            else
                thrift.Skip(type);
        });

        // ColumnMetaData: 3 path_in_schema, 4 codec, 5 num_values, 7 total_compressed_size, 9 data_page_offset,
        // 11 dictionary_page_offset.
        private void ReadMetadata()
        {
            var path = new List<string?>();
            var (codec, values, size, data, dictionary) = (0, 0L, 0L, 0L, 0L);
            thrift.ReadStruct((id, type) =>
            {
                switch (id)
                {
                    case 3:
                        thrift.ReadList(_ => path.Add(thrift.ReadText(name.Length)));
                        break;
                    case 4:
                        codec = (int)thrift.ReadInteger();
                        break;
                    case 5:
                        values = thrift.ReadInteger();
                        break;
                    case 7:
                        size = thrift.ReadInteger();
                        break;
                    case 9:
                        data = thrift.ReadInteger();
                        break;
                    case 11:
                        dictionary = thrift.ReadInteger();
                        break;
                    default:
                        thrift.Skip(type);
                        break;
                }
            });
            if (path is not [var only] || only != name)
                return;

            var start = dictionary > 0 ? Math.Min(data, dictionary) : data;
            _chunks.Add(new ParquetChunk(codec, values, start, start + size));
        }
    }
}

/// <summary>A column's part of a row group.</summary>
/// <param name="Codec">The number of the compression.</param>
/// <param name="Values">The number of values, with nulls.</param>
/// <param name="Start">The offset of the first page.</param>
/// <param name="End">The offset after the last page.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ParquetChunk(int Codec, long Values, long Start, long End);
