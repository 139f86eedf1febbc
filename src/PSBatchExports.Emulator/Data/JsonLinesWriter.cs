using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSBatchExports.Emulator.Data;

/// <summary>Writes rows as JSON lines, compressed as a whole file, split by the size on disk.</summary>
internal static class JsonLinesWriter
{
    private const int BufferedBytes = 64 * 1024;
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static async Task<long> WriteAsync(
        IRowSource source, string? compression, long? maxBytes, Func<string> nextPath, CancellationToken cancellationToken)
    {
        var names = source.Columns.Select(c => JsonEncodedText.Encode(c.Name)).ToArray();
        var line = new ArrayBufferWriter<byte>(BufferedBytes);
        await using var json = new Utf8JsonWriter(line, s_writing);
        await using var part = new Part(maxBytes, compression);
        long records = 0;
        foreach (var row in source.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteRow(json, names, row);
            line.Write("\n"u8);
            await part.WriteAsync(line.WrittenMemory, nextPath, cancellationToken);
            line.ResetWrittenCount();
            records++;
        }

        return records;
    }

    private static void WriteRow(Utf8JsonWriter json, JsonEncodedText[] names, object[] row)
    {
        json.Reset();
        json.WriteStartObject();
        for (var column = 0; column < names.Length; column++)
        {
            json.WritePropertyName(names[column]);
            switch (row[column])
            {
                case string text:
                    json.WriteStringValue(text);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case DateTimeOffset time:
                    json.WriteStringValue(WireTime.Format(time));
                    break;
                case JsonText nested:
                    json.WriteRawValue(nested.Value, skipInputValidation: true);
                    break;
            }
        }

        json.WriteEndObject();
        json.Flush();
    }

    private sealed class Part(long? maxBytes, string? compression) : IAsyncDisposable
    {
        private FileStream? _file;
        private Stream? _content;

        public async Task WriteAsync(ReadOnlyMemory<byte> line, Func<string> nextPath, CancellationToken cancellationToken)
        {
            if (_file is not null && maxBytes is { } limit && _file.Position >= limit)
                await CloseAsync();
            if (_content is null)
            {
                _file = new FileStream(nextPath(), FileMode.Create, FileAccess.Write, FileShare.None, BufferedBytes, FileOptions.Asynchronous);
                _content = Compressed(_file, compression);
            }

            await _content.WriteAsync(line, cancellationToken);
        }

        public ValueTask DisposeAsync() => CloseAsync();

        private async ValueTask CloseAsync()
        {
            if (_content is not null)
                await _content.DisposeAsync();
            if (_file is not null)
                await _file.DisposeAsync();
            (_content, _file) = (null, null);
        }

        private static Stream Compressed(Stream file, string? compression) => compression switch
        {
            "gzip" => new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true),
            "brotli" => new BrotliStream(file, CompressionLevel.Fastest, leaveOpen: true),
            _ => file,
        };
    }
}
