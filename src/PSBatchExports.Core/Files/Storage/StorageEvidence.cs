namespace PSBatchExports.Files.Storage;

/// <summary>
/// Tells an object from something else that answered in place of the storage, such as a sign-in page or a gateway. No single header is
/// required, because storages differ in what they send. Some formats have a signature (docs/wire.md, section 14).
/// </summary>
internal static class StorageEvidence
{
    /// <summary>The length of the longest signature.</summary>
    public const int SignatureBytes = 4;

    /// <summary>The error of a response that nothing identifies as an object.</summary>
    public const string NotIdentified =
        "Something else answered in place of the storage: nothing in the response identifies it as the file.";

    private static readonly string[] StorageHeaders = ["x-amz-request-id", "x-ms-request-id", "x-goog-generation"];

    // Storages use these for content of no declared type; pages have other types.
    private static readonly string[] BinaryTypes =
    [
        "binary/octet-stream",
        "application/octet-stream",
        "application/gzip",
        "application/x-gzip",
        "application/x-ndjson",
        "application/jsonl",
        "application/vnd.apache.parquet",
    ];

    /// <summary>The reason why the response is not the object as stored, as a sentence; null if nothing speaks against it.</summary>
    public static string? FindObjection(HttpResponseMessage response)
    {
        if (ContentCoding(response) is { } coding)
            return $"The response is encoded as {DisplayText.Clean(coding)}, which was not requested: its bytes are not those of the file.";

        return IsPage(MediaType(response)) ? NotIdentified : null;
    }

    /// <summary>Whether the response names itself a file, as the signed URL asks the storage to.</summary>
    public static bool IsAttachment(HttpResponseMessage response) =>
        "attachment".Equals(response.Content.Headers.ContentDisposition?.DispositionType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the headers are those of an object, although the response does not name itself a file.</summary>
    public static bool HasObjectHeaders(HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        if (headers.ContentRange is not null)
            return true;

        // Gateways answer with JSON, too, and a web page may have as good a tag as an object.
        var type = MediaType(response);
        if (type is "application/json" or "application/problem+json")
            return false;

        return response.Headers.ETag is { IsWeak: false }
            || Array.Exists(StorageHeaders, response.Headers.NonValidated.Contains)
            || (BinaryTypes.Contains(type) && headers.ContentLength > 0 && response.Headers.AcceptRanges.Contains("bytes"));
    }

    /// <summary>
    /// Whether content begins with the signature of a file of this name: true if it does, false if it cannot be such a file, null if there
    /// is no telling. The content may be shorter than <see cref="SignatureBytes"/>.
    /// </summary>
    public static bool? HasSignature(ReadOnlySpan<byte> start, string name)
    {
        if (start.IsEmpty)
            return null;

        return FileFormats.OfName(name) switch
        {
            { Format: "Parquet" } => StartsWith(start, start is [_, _, _, (byte)'E', ..] ? "PARE"u8 : "PAR1"u8),
            { Compression: "gzip" } => StartsWith(start, [0x1F, 0x8B]),
            { Format: "JSONLines", Compression: null } => start[0] == (byte)'{' ? null : false,
            _ => null,
        };
    }

    // Null if the start is too short to tell.
    private static bool? StartsWith(ReadOnlySpan<byte> start, ReadOnlySpan<byte> signature)
    {
        var length = Math.Min(start.Length, signature.Length);
        if (!start[..length].SequenceEqual(signature[..length]))
            return false;

        return start.Length >= signature.Length ? true : null;
    }

    private static string? MediaType(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    /// <summary>Whether content begins with markup, as no file of a run does. A brotli file may begin with anything.</summary>
    public static bool IsMarkup(ReadOnlySpan<byte> start, string name)
    {
        var text = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && !name.EndsWith(".br", StringComparison.OrdinalIgnoreCase);
    }

    private static string? ContentCoding(HttpResponseMessage response)
    {
        var header = response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values) ? values.ToString() : "";
        return Array.Find(header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), ChangesBytes);
    }

    // Some storages keep aws-chunked from the upload; it does not change the bytes.
    private static bool ChangesBytes(string coding) => coding.ToLowerInvariant() is not ("identity" or "aws-chunked");

    private static bool IsPage(string? type) =>
        type is "text/html" or "application/xhtml+xml" or "text/xml" or "application/xml"
        || type?.StartsWith("multipart/", StringComparison.Ordinal) == true;
}
