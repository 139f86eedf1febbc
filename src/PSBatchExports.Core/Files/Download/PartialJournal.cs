using System.Globalization;
using System.Text;
using System.Text.Json;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>What an interrupted download was of: a resumed one must be of the very same.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Validator">The storage's strong validator, as sent.</param>
internal sealed record PartialHeader(string FileId, long Length, string Validator);

/// <summary>
/// The text beside a partial file: a line that says what it is of, then a line for each range that is on the disk. Lines are only added,
/// so that whatever an interruption cuts off, what stands before it holds.
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

    /// <summary>Reads a journal; null where it is of another file, of another version of this module, or damaged in its first line.</summary>
    public static (PartialHeader Header, RangeSet Finished)? Read(byte[] journal, string fileId)
    {
        var lines = Encoding.UTF8.GetString(journal).Split('\n');
        if (lines.Length < 2 || ReadHeader(lines[0]) is not { } header || header.FileId != fileId)
            return null;

        // A line that was cut off says less than it should have, or nothing; what it does say is true.
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
        line.Split('-') is [var first, var last] && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && start < end
            ? new ByteRange(start, end)
            : null;

    // It is sent as a header; a state that somebody else has written must not send more than that.
    private static bool IsEntityTag(string text) =>
        text is ['"', .. var inside, '"'] && inside.Length <= MaxTagLength && inside.All(IsInTag);

    private static bool IsInTag(char character) => character is '\x21' or (>= '\x23' and <= '\x7E') or (>= '\x80' and <= '\xFF');
}
