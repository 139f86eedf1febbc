using System.Globalization;
using System.Text;
using System.Text.Json;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>Identifies the file. A download resumes only if all three match.</summary>
/// <param name="FileId">The file's id.</param>
/// <param name="Length">The file's length in bytes.</param>
/// <param name="Validator">The storage's strong validator, as sent.</param>
internal sealed record PartialHeader(string FileId, long Length, string Validator);

/// <summary>
/// The format of the journal beside a partial file: a line that identifies the file, then a line for each range that is on the disk. Lines
/// are only appended, so the part before an interruption stays valid.
/// </summary>
internal static class PartialJournal
{
    private const int Version = 1;
    private const int MaxTagLength = 1000;

    public static byte[] Begin(PartialHeader header)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("fileId", header.FileId);
            writer.WriteNumber("length", header.Length);
            writer.WriteString("validator", header.Validator);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    public static byte[] Lines(IEnumerable<ByteRange> ranges)
    {
        var text = new StringBuilder();
        foreach (var range in ranges)
            text.Append(CultureInfo.InvariantCulture, $"{range.Start}-{range.End}\n");

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <returns>Null if the journal belongs to another file, is of another version, or is damaged in its first line.</returns>
    public static (PartialHeader Header, RangeSet Finished)? Read(byte[] journal, string fileId)
    {
        var lines = Encoding.UTF8.GetString(journal).Split('\n');
        if (lines.Length < 2 || ReadHeader(lines[0]) is not { } header || header.FileId != fileId)
            return null;

        // A line that was cut off is a shorter range or none. Either way its bytes are on the disk.
        var finished = new RangeSet();
        foreach (var line in lines[1..])
        {
            if (ReadRange(line) is { } range && range.End <= header.Length)
                finished.Add(range);
        }

        return (header, finished);
    }

    private static PartialHeader? ReadHeader(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return root.GetProperty("version").GetInt32() == Version
                && root.GetProperty("fileId").GetString() is { } fileId
                && root.GetProperty("validator").GetString() is { } validator
                && IsEntityTag(validator)
                    ? new PartialHeader(fileId, root.GetProperty("length").GetInt64(), validator)
                    : null;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static ByteRange? ReadRange(string line) =>
        line.Split('-') is [var first, var last] && TryReadNumber(first, out var start) && TryReadNumber(last, out var end) && start < end
            ? new ByteRange(start, end)
            : null;

    private static bool TryReadNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // It is sent as a header. A journal that was tampered with must not inject others.
    private static bool IsEntityTag(string text) =>
        text is ['"', .. var inside, '"'] && inside.Length <= MaxTagLength && inside.All(IsInTag);

    private static bool IsInTag(char character) => character is '\x21' or (>= '\x23' and <= '\x7E') or (>= '\x80' and <= '\xFF');
}
