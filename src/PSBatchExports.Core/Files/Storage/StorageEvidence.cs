namespace PSBatchExports.Files.Storage;

/// <summary>
/// Tells an object of a storage from what something else answers in its place: a sign-in page, a gateway's notice. No single header is
/// required, as storages differ in what they send; a few formats show by their first bytes (docs/wire.md, section 14).
/// </summary>
internal static class StorageEvidence
{
    /// <summary>As many bytes as it takes to tell how a file begins.</summary>
    public const int StartLength = 4;

    private static readonly string[] StorageHeaders = ["x-amz-request-id", "x-ms-request-id", "x-goog-generation"];

    // What storages call bytes that nobody has named; pages have types of their own.
    private static readonly string[] TypesOfBytes =
    [
        "binary/octet-stream", "application/octet-stream", "application/gzip", "application/x-gzip", "application/x-ndjson", "application/jsonl", "application/vnd.apache.parquet",
    ];

    /// <summary>Why an answer is not the object as it is stored, as a sentence; null where it is.</summary>
    public static string? WhyNot(HttpResponseMessage response)
    {
        if (CodingOf(response) is { } coding)
            return $"The answer is encoded as {DisplayText.Clean(coding)}, which was not asked for: its bytes are not those of the file.";

        return IsPage(TypeOf(response)) ? NothingShows : null;
    }

    /// <summary>What is said of an answer that may be of something else.</summary>
    public const string NothingShows = "Something else answered in place of the storage: nothing in the answer shows that it is the file.";

    /// <summary>Whether an answer calls itself a file, as the address of a file asks the storage to.</summary>
    public static bool IsNamedBy(HttpResponseMessage response) =>
        "attachment".Equals(response.Content.Headers.ContentDisposition?.DispositionType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the head of an answer that does not call itself a file shows that it is an object all the same, if it begins as one.</summary>
    public static bool IsShownBy(HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        if (headers.ContentRange is not null)
            return true;

        // Gateways answer in JSON, too, and a page of a server has a tag as good as that of an object.
        var type = TypeOf(response);
        if (type is "application/json" or "application/problem+json")
            return false;

        return response.Headers.ETag is { IsWeak: false }
            || Array.Exists(StorageHeaders, response.Headers.NonValidated.Contains)
            || (TypesOfBytes.Contains(type) && headers.ContentLength > 0 && response.Headers.AcceptRanges.Contains("bytes"));
    }

    /// <summary>
    /// Whether content begins as files of a name do: true where nothing else begins so, false where it is not one of them, null where the beginning does not
    /// tell. It may be shorter than <see cref="StartLength"/>.
    /// </summary>
    public static bool? BeginsAs(ReadOnlySpan<byte> start, string name)
    {
        if (start.IsEmpty)
            return null;

        return FileFormats.OfName(name) switch
        {
            { Format: "Parquet" } => IsCommonStart(start, "PAR1"u8) || IsCommonStart(start, "PARE"u8) ? start.Length >= StartLength ? true : null : false,
            { Compression: "gzip" } => IsCommonStart(start, [0x1F, 0x8B]) ? start.Length >= 2 ? true : null : false,
            { Format: "JSONLines", Compression: null } => start[0] == (byte)'{' ? null : false,
            _ => null,
        };
    }

    private static bool IsCommonStart(ReadOnlySpan<byte> start, ReadOnlySpan<byte> mark)
    {
        var length = Math.Min(start.Length, mark.Length);
        return start[..length].SequenceEqual(mark[..length]);
    }

    private static string? TypeOf(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();

    /// <summary>Whether content begins as pages do, and no file of a run. With brotli, a file may begin with anything.</summary>
    public static bool IsMarkup(ReadOnlySpan<byte> start, string name)
    {
        var text = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && !name.EndsWith(".br", StringComparison.OrdinalIgnoreCase);
    }

    private static string? CodingOf(HttpResponseMessage response)
    {
        var header = response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values) ? values.ToString() : "";
        return Array.Find(header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), IsCoding);
    }

    // Some storages keep aws-chunked from the upload and send it along; it says nothing about the bytes.
    private static bool IsCoding(string coding) => coding.ToLowerInvariant() is not ("identity" or "aws-chunked");

    private static bool IsPage(string? type) =>
        type is "text/html" or "application/xhtml+xml" or "text/xml" or "application/xml"
        || type?.StartsWith("multipart/", StringComparison.Ordinal) == true;
}
