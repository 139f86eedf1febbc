using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Storage;

/// <summary>Pre-signed URLs: the signature covers the method and every character of the target.</summary>
internal sealed class SignedUrls(int seed)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string SignatureParameter = "&X-Amz-Signature=";

    private readonly byte[] _secret = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"storage secret {seed}")));

    public string Sign(Uri origin, string key, string name, DateTimeOffset now, TimeSpan lifetime)
    {
        var path = "/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var disposition = Uri.EscapeDataString($"attachment; filename=\"{name}\"");
        var date = now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var credential = Uri.EscapeDataString($"ASIAEMULATOREMULATOR/{date[..8]}/us-east-1/s3/aws4_request");
        var token = Uri.EscapeDataString("emulator//token//" + Convert.ToBase64String(_secret));
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"response-content-disposition={disposition}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
            + $"&X-Amz-Date={date}&X-Amz-Expires={(long)lifetime.TotalSeconds}&X-Amz-SignedHeaders=host&X-Amz-Security-Token={token}");
        return $"{origin.GetLeftPart(UriPartial.Authority)}{path}?{query}{SignatureParameter}{Signature("GET", path, query)}";
    }

    public static bool TryParseTime(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public bool IsGenuine(EmulatorRequest request)
    {
        var at = request.Query.LastIndexOf(SignatureParameter, StringComparison.Ordinal);
        return at >= 0
            && request.Query[(at + SignatureParameter.Length)..] == Signature(request.Method, request.Path, request.Query[..at]);
    }

    private string Signature(string method, string path, string query) =>
        Convert.ToHexString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{method}\n{path}\n{query}"))).ToLowerInvariant();
}
