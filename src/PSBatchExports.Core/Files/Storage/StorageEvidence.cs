namespace PSBatchExports;

/// <summary>
/// Tells an object of a storage from what something else answers in its place: a sign-in page, a gateway's notice. No single header is
/// required, as storages differ in what they send (docs/wire.md, section 14).
/// </summary>
internal static class StorageEvidence
{
    private static readonly string[] StorageHeaders = ["x-amz-request-id", "x-ms-request-id", "x-goog-generation"];

    /// <summary>Why an answer is not the object as it is stored, as a sentence; null where it is.</summary>
    public static string? WhyNot(HttpResponseMessage response)
    {
        if (CodingOf(response) is { } coding)
            return $"The answer is encoded as {DisplayText.Clean(coding)}, which was not asked for: its bytes are not those of the file.";

        var type = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
        return IsPage(type) || !IsObject(response, type)
            ? "Something else answered in place of the storage: nothing in the answer shows that it is the file."
            : null;
    }

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

    private static bool IsObject(HttpResponseMessage response, string? type)
    {
        if ("attachment".Equals(response.Content.Headers.ContentDisposition?.DispositionType, StringComparison.OrdinalIgnoreCase))
            return true;

        // Gateways answer in JSON, too, and a page of a server has a tag as good as that of an object.
        if (type is "application/json" or "application/problem+json")
            return false;

        return response.Headers.ETag is { IsWeak: false }
            || response.Content.Headers.ContentRange is not null
            || Array.Exists(StorageHeaders, response.Headers.NonValidated.Contains);
    }
}
