using System.Globalization;
using System.Net;

namespace PSBatchExports.Files.Storage;

/// <summary>Which bytes of the object a response holds, according to its headers (docs/wire.md, section 14).</summary>
internal abstract record BodyExtent
{
    private BodyExtent()
    {
    }

    /// <summary>The object's length in bytes; null if the headers do not say.</summary>
    public abstract long? ObjectLength { get; }

    public static BodyExtent From(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            return new Invalid($"The storage answered with status {(int)response.StatusCode}, which is not that of a file.");

        if (!TryReadLength(response, out var length, out var isChunked))
            return new Invalid("The storage's response does not clearly say where its body ends.");

        var ranges = Values(response, "Content-Range").Length;
        if (response.StatusCode == HttpStatusCode.PartialContent)
            return FromContentRange(response, ranges, length);

        return ranges == 0
            ? new Whole(length, isChunked)
            : new Invalid("The storage's response claims to be both the whole file and a range of it.");
    }

    private static BodyExtent FromContentRange(HttpResponseMessage response, int ranges, long? length)
    {
        var range = response.Content.Headers.ContentRange;
        var isInBytes = ranges == 1 && "bytes".Equals(range?.Unit, StringComparison.OrdinalIgnoreCase);
        if (!isInBytes || range is not { From: { } first, To: { } last and < long.MaxValue })
            return new Invalid("The storage answered with a range of the file without saying which.");

        var part = new ByteRange(first, last + 1);
        return length is null || length == part.Length
            ? new Part(part, range.Length)
            : new Invalid("The storage answered with a range of the file whose length does not match its position.");
    }

    // .NET is lenient: it takes the first of two lengths, reads to the end of the connection if the length is garbled, ignores a length
    // beside chunks, and does not decode other transfer encodings.
    private static bool TryReadLength(HttpResponseMessage response, out long? length, out bool isChunked)
    {
        length = null;
        var (lengths, encodings) = (Values(response, "Content-Length"), Values(response, "Transfer-Encoding"));
        isChunked = encodings is [var encoding] && encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase);
        if (lengths.Length == 0)
            return isChunked || encodings.Length == 0;

        if (lengths.Length > 1 || encodings.Length > 0)
            return false;

        length = long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
        return length is not null;
    }

    private static string[] Values(HttpResponseMessage response, string header)
    {
        var exists = response.Headers.NonValidated.TryGetValues(header, out var values)
            || response.Content.Headers.NonValidated.TryGetValues(header, out values);
        return exists ? [.. values] : [];
    }

    /// <summary>The whole object.</summary>
    /// <param name="Length">Its length in bytes; null if the headers do not say.</param>
    /// <param name="IsChunked">Whether the body is chunked, so that its end is marked.</param>
    public sealed record Whole(long? Length, bool IsChunked) : BodyExtent
    {
        public override long? ObjectLength => Length;

        /// <summary>
        /// Whether the body ends with the connection, so that a truncated one looks complete. Over HTTP/1.1, .NET insists on the announced
        /// length or the last chunk, but accepts a TLS connection that is closed without notice.
        /// </summary>
        public bool EndsWithConnection => Length is null && !IsChunked;
    }

    /// <summary>A range of the object.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Total">The object's length in bytes; null if the headers do not say.</param>
    public sealed record Part(ByteRange Range, long? Total) : BodyExtent
    {
        public override long? ObjectLength => Total;
    }

    /// <summary>The headers contradict themselves or describe no object.</summary>
    /// <param name="Reason">What is wrong, as a sentence.</param>
    public sealed record Invalid(string Reason) : BodyExtent
    {
        public override long? ObjectLength => null;
    }
}
