using System.Net;
using System.Xml;
using System.Xml.Linq;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Storage;

/// <summary>Makes the exception for a storage's answer that is not a success; storage answers XML (docs/wire.md, section 14).</summary>
internal static class StorageErrors
{
    private const int MostBytes = 64 * 1024;

    public static async Task<BatchExportException> ReadAsync(ApiRequest standsFor, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = await BoundedBody.ReadStartAsync(response.Content, MostBytes, cancellationToken);
        var (code, message) = Parse(start);
        var said = DisplayText.Clean(message) ?? DisplayText.Clean($"{(int)response.StatusCode} {response.ReasonPhrase}");
        var request = standsFor.Failed with { StatusCode = (int)response.StatusCode, Code = DisplayText.Clean(code), Detail = said };
        var text = $"The storage refused the file: {said}";
        return response.StatusCode switch
        {
            _ when IsExpired(code, message) => new UnexpectedResponseException(text, request, isTransient: true),
            HttpStatusCode.NotFound when code is not null => new NotFoundException(text, request, MissingThing.Item),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new ServerFailedException(text, request, ErrorReader.RetryAfter(response, time)),
            >= HttpStatusCode.BadRequest when code is null => new UnexpectedResponseException(
                ErrorReader.DescribeForeign(response, "a storage", start.Length == 0), request, isTransient: response.StatusCode == HttpStatusCode.NotFound)
            {
                IsForeign = true,
            },
            _ => new UnexpectedResponseException(text, request),
        };
    }

    private static bool IsExpired(string? code, string? message) =>
        code is "ExpiredToken" || (code is "AccessDenied" && message?.Contains("expired", StringComparison.OrdinalIgnoreCase) == true);

    private static (string? Code, string? Message) Parse(byte[] body)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var error = XDocument.Load(reader).Root;
            return (error?.Element("Code")?.Value, error?.Element("Message")?.Value);
        }
        catch (XmlException)
        {
            return (null, null);
        }
    }
}
