using System.Globalization;
using System.Net;

namespace PSBatchExports.Files.Storage;

/// <summary>Which bytes of the object the body of an answer holds, by what its head says (docs/wire.md, section 14).</summary>
internal abstract record BodyExtent
{
    private BodyExtent()
    {
    }

    /// <summary>The object's bytes; null where the head does not say.</summary>
    public abstract long? ObjectLength { get; }

    public static BodyExtent Of(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            return new Unreadable($"The storage answered with status {(int)response.StatusCode}, which carries no file.");

        if (!TryReadLength(response, out var length, out var isChunked))
            return new Unreadable("The answer of the storage does not say clearly where its body ends.");

        var ranges = Values(response, "Content-Range").Length;
        if (response.StatusCode == HttpStatusCode.PartialContent)
            return PartOf(response, ranges, length);

        return ranges == 0
            ? new Whole(length, isChunked)
            : new Unreadable("The answer of the storage is both the whole file and a part of it.");
    }

    private static BodyExtent PartOf(HttpResponseMessage response, int ranges, long? length)
    {
        var range = response.Content.Headers.ContentRange;
        var isInBytes = ranges == 1 && "bytes".Equals(range?.Unit, StringComparison.OrdinalIgnoreCase);
        if (!isInBytes || range is not { From: { } first, To: { } last and < long.MaxValue })
            return new Unreadable("The storage answered with a part of the file and does not say which.");

        var part = new ByteRange(first, last + 1);
        return length is null || length == part.Length
            ? new Part(part, range.Length)
            : new Unreadable("The storage answered with a part of the file whose length and place do not agree.");
    }

    // Of two lengths, .NET takes the first; of a garbled one, the end of the connection; beside chunks, it ignores one. What other transfer
    // encodings made of the body, it leaves so.
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
        var isThere = response.Headers.NonValidated.TryGetValues(header, out var values)
            || response.Content.Headers.NonValidated.TryGetValues(header, out values);
        return isThere ? [.. values] : [];
    }

    /// <summary>All of the object.</summary>
    /// <param name="Length">Its bytes; null where the head does not say.</param>
    /// <param name="IsChunked">Whether the body has an end mark.</param>
    public sealed record Whole(long? Length, bool IsChunked) : BodyExtent
    {
        public override long? ObjectLength => Length;

        /// <summary>
        /// Whether the body ends with its connection, so that one that was cut off looks the same as a complete one. Requests go by
        /// HTTP/1.1, where .NET insists on a length and on the end mark of chunks, but takes a TLS connection that ends without notice for
        /// one that was ended.
        /// </summary>
        public bool EndsWithConnection => Length is null && !IsChunked;
    }

    /// <summary>Some of the object.</summary>
    /// <param name="Range">Which bytes.</param>
    /// <param name="Total">The bytes of the object; null where the head does not say.</param>
    public sealed record Part(ByteRange Range, long? Total) : BodyExtent
    {
        public override long? ObjectLength => Total;
    }

    /// <summary>It cannot be determined.</summary>
    /// <param name="Why">What is wrong, as a sentence.</param>
    public sealed record Unreadable(string Why) : BodyExtent
    {
        public override long? ObjectLength => null;
    }
}
