using System.Buffers.Binary;
using System.Text.Json;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Ranges;

/// <summary>Reads which columns a file at the storage has, without downloading all of it.</summary>
internal static class RunColumns
{
    private const int FirstBytes = 64 * 1024;
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int TailBytes = 8;

    /// <summary>The columns of a file; null if they cannot be read.</summary>
    public static async Task<IReadOnlySet<string>?> ReadAsync(FilesClient files, BatchExportFile file, CancellationToken cancellationToken)
    {
        var (format, compression) = FileFormats.OfName(file.Name!) is var kind ? (kind.Format, kind.Compression) : default;
        for (long size = FirstBytes; size <= MaxBytes; size *= 4)
        {
            var length = file.Length ?? 0;
            var range = format == "Parquet" ? new ByteRange(Math.Max(0, length - size), length) : new ByteRange(0, size);
            if (range.Length == 0 || await files.ReadAsync(file, range, cancellationToken) is not { } bytes)
                return null;

            var columns = format == "Parquet" ? OfFooter(bytes, cancellationToken) : OfFirstRow(bytes, compression, cancellationToken);
            if (columns is not null || bytes.Length < size)
                return columns;
        }

        return null;
    }

    private static HashSet<string>? OfFooter(byte[] end, CancellationToken cancellationToken)
    {
        if (end.Length < TailBytes)
            return null;

        var length = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(end.Length - TailBytes));
        if (length > end.Length - TailBytes)
            return null;

        try
        {
            using var footer = new MemoryStream(end, end.Length - TailBytes - (int)length, (int)length);
            return ParquetColumnNames.Of(new ThriftReader(footer, length, cancellationToken));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static HashSet<string>? OfFirstRow(byte[] start, string? compression, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        using var content = new MemoryStream(start);

        // The start of compressed data cannot be read to its end.
        CompressedContent.Read(content, compression, text.Write, cancellationToken);
        var bytes = text.GetBuffer().AsSpan(0, (int)text.Length);
        var end = bytes.IndexOf((byte)'\n');
        return end < 0 ? null : NamesOf(bytes[..end]);
    }

    private static HashSet<string>? NamesOf(ReadOnlySpan<byte> row)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(row);
        try
        {
            while (json.Read())
            {
                if (json is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                    names.Add(json.GetString()!);
            }

            return names;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
