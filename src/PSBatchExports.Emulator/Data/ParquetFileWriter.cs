using Parquet;
using Parquet.Schema;

namespace PSBatchExports.Emulator.Data;

/// <summary>Writes rows as Parquet, split between row groups by the size on disk.</summary>
internal static class ParquetFileWriter
{
    private const int RowGroupRows = 5000;

    public static async Task<long> WriteAsync(
        IRowSource source, string? compression, long? maxBytes, Func<string> nextPath, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema(source.Columns.Select(Field).ToArray<Field>());
        var options = new ParquetOptions { CompressionMethod = Method(compression) };
        using var groups = source.Rows().Chunk(RowGroupRows).GetEnumerator();
        long records = 0;
        var more = groups.MoveNext();
        while (more)
        {
            await using var file = new FileStream(nextPath(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 65536, FileOptions.Asynchronous);
            await using var writer = await ParquetWriter.CreateAsync(schema, file, options, cancellationToken: cancellationToken);
            while (more && (maxBytes is null || file.Position < maxBytes))
            {
                await WriteGroupAsync(writer, schema, source.Columns, groups.Current, cancellationToken);
                records += groups.Current.Length;
                more = groups.MoveNext();
            }
        }

        return records;
    }

    private static async Task WriteGroupAsync(
        ParquetWriter writer, ParquetSchema schema, IReadOnlyList<Column> columns, object[][] rows, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        for (var index = 0; index < columns.Count; index++)
        {
            var field = schema.DataFields[index];
            var cells = index;
            if (columns[index].CellType == typeof(long))
                await group.WriteAsync<long>(field, rows.Select(r => (long)r[cells]).ToArray(), cancellationToken: cancellationToken);
            else if (columns[index].CellType == typeof(DateTimeOffset))
                await group.WriteAsync<DateTime>(field, rows.Select(r => ((DateTimeOffset)r[cells]).UtcDateTime).ToArray(), cancellationToken: cancellationToken);
            else
                await group.WriteAsync(field, rows.Select(r => Text(r[cells])).ToArray());
        }

        group.CompleteValidate();
    }

    private static string Text(object cell) => cell is JsonText json ? json.Value : (string)cell;

    private static DataField Field(Column column) =>
        column.CellType == typeof(long) ? new DataField<long>(column.Name)
        : column.CellType == typeof(DateTimeOffset) ? new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros)
        : new DataField(column.Name, typeof(string), isNullable: false);

    private static CompressionMethod Method(string? compression) => compression switch
    {
        "zstd" => CompressionMethod.Zstd,
        "gzip" => CompressionMethod.Gzip,
        "brotli" => CompressionMethod.Brotli,
        "lz4" => CompressionMethod.Lz4Raw,
        "snappy" => CompressionMethod.Snappy,
        _ => CompressionMethod.None,
    };
}
