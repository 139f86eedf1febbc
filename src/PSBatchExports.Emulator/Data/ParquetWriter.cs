using ParquetSharp;
using ParquetSharp.Schema;

namespace PSBatchExports.Emulator.Data;

/// <summary>Writes rows as Parquet: one row group for each batch, all columns nullable.</summary>
internal static class ParquetWriter
{
    public static long Write(
        IReadOnlyList<Column> columns,
        IEnumerable<IReadOnlyList<object?[]>> batches,
        string? compression,
        FileLimit limit,
        Func<string> nextPath,
        CancellationToken cancellationToken)
    {
        long records = 0;
        ParquetFile? file = null;
        try
        {
            foreach (var batch in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file ??= new ParquetFile(nextPath(), columns, compression);
                file.Write(batch);
                records += batch.Count;
                if (limit.IsExceededBy(file.Length))
                    file = Next(file);
            }

            if (file is { Rows: > 0 } && limit.ClosesLastFile)
                file = Next(file);
            file?.Close();
            return records;
        }
        finally
        {
            file?.Dispose();
        }

        // The next file is written even if no rows are left.
        ParquetFile Next(ParquetFile full)
        {
            full.Close();
            full.Dispose();
            return new ParquetFile(nextPath(), columns, compression);
        }
    }

    private sealed class ParquetFile : IDisposable
    {
        private readonly IReadOnlyList<Column> _columns;
        private readonly FileStream _file;
        private readonly ParquetFileWriter _writer;

        public ParquetFile(string path, IReadOnlyList<Column> columns, string? compression)
        {
            _columns = columns;
            _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
            using var schema = new GroupNode("schema", Repetition.Required, [.. columns.Select(NodeOf)]);
            using var builder = new WriterPropertiesBuilder();
            using var properties = builder.Compression(Codec(compression)).Build();
            _writer = new ParquetFileWriter(_file, schema, properties, leaveOpen: true);
        }

        public long Rows { get; private set; }

        public long Length => _file.Position;

        public void Write(IReadOnlyList<object?[]> rows)
        {
            using var group = _writer.AppendRowGroup();
            foreach (var column in _columns)
            {
                using var writer = group.NextColumn();
                WriteColumn(writer, column, rows);
            }

            group.Close();
            Rows += rows.Count;
        }

        /// <summary>Writes the footer.</summary>
        public void Close() => _writer.Close();

        public void Dispose()
        {
            _writer.Dispose();
            _file.Dispose();
        }

        private static void WriteColumn(ColumnWriter writer, Column column, IReadOnlyList<object?[]> rows)
        {
            switch (column.Type)
            {
                case ColumnType.Integer:
                    WriteCells(writer, column, rows, cell => (long?)cell);
                    break;
                case ColumnType.Unsigned:
                    WriteCells(writer, column, rows, cell => (ulong?)cell);
                    break;
                case ColumnType.EpochSeconds:
                    WriteCells(writer, column, rows, cell => (uint?)cell);
                    break;
                case ColumnType.Number:
                    WriteCells(writer, column, rows, cell => (double?)cell);
                    break;
                case ColumnType.Boolean:
                    WriteCells(writer, column, rows, cell => (bool?)cell);
                    break;
                case ColumnType.Microseconds or ColumnType.Milliseconds:
                    WriteCells(writer, column, rows, cell => ((DateTimeOffset?)cell)?.UtcDateTime);
                    break;
                case ColumnType.TextList:
                    WriteCells(writer, column, rows, cell => (string?[]?)cell);
                    break;
                default:
                    WriteCells(writer, column, rows, cell => (string?)cell);
                    break;
            }
        }

        private static void WriteCells<T>(ColumnWriter writer, Column column, IReadOnlyList<object?[]> rows, Func<object?, T> convert)
        {
            using var cells = writer.LogicalWriter<T>();
            cells.WriteBatch([.. rows.Select(row => convert(row[column.Cell]))]);
        }

        private static Node NodeOf(Column column) => column.Type switch
        {
            ColumnType.Integer => Primitive(column.Name, LogicalType.None(), PhysicalType.Int64),
            ColumnType.Unsigned => Primitive(column.Name, LogicalType.Int(64, isSigned: false), PhysicalType.Int64),
            ColumnType.EpochSeconds => Primitive(column.Name, LogicalType.Int(32, isSigned: false), PhysicalType.Int32),
            ColumnType.Number => Primitive(column.Name, LogicalType.None(), PhysicalType.Double),
            ColumnType.Boolean => Primitive(column.Name, LogicalType.None(), PhysicalType.Boolean),
            ColumnType.Microseconds => Timestamp(column.Name, TimeUnit.Micros),
            ColumnType.Milliseconds => Timestamp(column.Name, TimeUnit.Millis),
            ColumnType.TextList => List(column.Name),
            _ => Text(column.Name),
        };

        private static PrimitiveNode Timestamp(string name, TimeUnit unit) =>
            Primitive(name, LogicalType.Timestamp(isAdjustedToUtc: true, unit), PhysicalType.Int64);

        private static GroupNode List(string name)
        {
            using var type = LogicalType.List();
            return new GroupNode(name, Repetition.Optional, [new GroupNode("list", Repetition.Repeated, [Text("element")])], type);
        }

        private static PrimitiveNode Text(string name) => Primitive(name, LogicalType.String(), PhysicalType.ByteArray);

        private static PrimitiveNode Primitive(string name, LogicalType type, PhysicalType stored)
        {
            using (type)
                return new PrimitiveNode(name, Repetition.Optional, type, stored);
        }

        /// <summary>The library's LZ4 is LZ4_RAW, as in the service's files, not Hadoop's framing.</summary>
        private static Compression Codec(string? compression) => compression switch
        {
            "zstd" => Compression.Zstd,
            "gzip" => Compression.Gzip,
            "brotli" => Compression.Brotli,
            "lz4" => Compression.Lz4,
            "snappy" => Compression.Snappy,
            _ => Compression.Uncompressed,
        };
    }
}
