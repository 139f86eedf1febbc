using System.Net;
using System.Xml;
using System.Xml.Linq;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Storage;

/// <summary>Creates the exception for an error response of the storage, which is XML (docs/wire.md, section 14).</summary>
internal static class StorageErrors
{
    private const int MaxBytes = 64 * 1024;

    public static async Task<BatchExportException> ReadAsync(
        ApiRequest request, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = await BoundedBody.ReadStartAsync(response.Content, MaxBytes, cancellationToken);
        var (code, message) = Parse(start);
        var detail = DisplayText.Clean(message) ?? DisplayText.Clean($"{(int)response.StatusCode} {response.ReasonPhrase}");
        var failed = request.Failed with { StatusCode = (int)response.StatusCode, Code = DisplayText.Clean(code), Detail = detail };
        var text = $"The storage refused the file: {detail}";
        return response.StatusCode switch
        {
            _ when IsExpired(code, message) => new UnexpectedResponseException(text, failed, isTransient: true),
            HttpStatusCode.NotFound when code is not null => new NotFoundException(text, failed, MissingThing.Item),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new ServerFailedException(text, failed, ErrorReader.RetryAfter(response, time)),
            >= HttpStatusCode.BadRequest when code is null => new UnexpectedResponseException(
                ErrorReader.DescribeForeign(response, "a storage", start.Length == 0),
                failed,
                isTransient: response.StatusCode == HttpStatusCode.NotFound)
            {
                IsForeign = true,
            },
            _ => new UnexpectedResponseException(text, failed),
        };
    }

    private static bool IsExpired(string? code, string? message) =>
        code is "ExpiredToken" || (code is "AccessDenied" && message?.Contains("expired", StringComparison.OrdinalIgnoreCase) == true);

    private static (string? Code, string? Message) Parse(byte[] body)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(body), settings);
            var error = XDocument.Load(reader).Root;
            return (error?.Element("Code")?.Value, error?.Element("Message")?.Value);
        }
        catch (XmlException)
        {
            return (null, null);
        }
    }
}
