using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSBatchExports.Emulator.Data;

/// <summary>Writes rows as JSON lines.</summary>
internal static class JsonLinesWriter
{
    private const int BufferedBytes = 64 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static long Write(
        IReadOnlyList<Column> columns,
        IEnumerable<IReadOnlyList<object?[]>> batches,
        string? compression,
        FileLimit limit,
        Func<string> nextPath,
        CancellationToken cancellationToken)
    {
        var names = columns.Select(column => JsonEncodedText.Encode(column.Name, WriterOptions.Encoder)).ToArray();
        var line = new ArrayBufferWriter<byte>(BufferedBytes);
        using var json = new Utf8JsonWriter(line, WriterOptions);
        using var encoding = LineEncoding.For(compression);
        using var files = new LineFiles(encoding, limit, nextPath);
        long records = 0;
        foreach (var row in batches.SelectMany(rows => rows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteRow(json, columns, names, row);
            line.Write("\n"u8);
            files.Write(line.WrittenSpan);
            line.ResetWrittenCount();
            records++;
        }

        files.End();
        return records;
    }

    private static void WriteRow(Utf8JsonWriter json, IReadOnlyList<Column> columns, JsonEncodedText[] names, object?[] row)
    {
        json.Reset();
        json.WriteStartObject();
        for (var column = 0; column < names.Length; column++)
        {
            json.WritePropertyName(names[column]);
            WriteCell(json, columns[column].Type, row[columns[column].Cell]);
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteCell(Utf8JsonWriter json, ColumnType type, object? cell)
    {
        switch (cell)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text when type == ColumnType.Json:
                json.WriteRawValue(text, skipInputValidation: true);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case uint number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(WireTime.WithOffset(time));
                break;
            case string[] list:
                json.WriteStartArray();
                foreach (var text in list)
                    json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"A cell of {cell.GetType()}.");
        }
    }

    /// <summary>Writes the files of one run in sequence.</summary>
    private sealed class LineFiles(LineEncoding encoding, FileLimit limit, Func<string> nextPath) : IDisposable
    {
        private FileStream? _file;
        private bool _hasLines;

        public void Write(ReadOnlySpan<byte> line)
        {
            _file ??= Open();
            encoding.Write(line, _file);
            _hasLines = true;
            if (limit.IsExceededBy(_file.Position))
                CloseFull();
        }

        public void End()
        {
            if (_hasLines && limit.ClosesLastFile)
                CloseFull();
            Close();
        }

        public void Dispose() => _file?.Dispose();

        /// <summary>If the encoding has a trailer, the service opens the next file even if no rows are left.</summary>
        private void CloseFull()
        {
            Close();
            if (encoding.HasTrailer)
                _file = Open();
        }

        private void Close()
        {
            if (_file is null)
                return;

            encoding.End(_file);
            _file.Dispose();
            (_file, _hasLines) = (null, false);
        }

        private FileStream Open() => new(nextPath(), FileMode.Create, FileAccess.Write, FileShare.None, BufferedBytes);
    }
}
