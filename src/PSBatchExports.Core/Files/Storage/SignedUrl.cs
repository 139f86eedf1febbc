using System.Globalization;
using PSBatchExports.Time;

namespace PSBatchExports.Files.Storage;

/// <summary>A temporary URL of one file. It is a secret, and is used exactly as received (docs/wire.md, section 14).</summary>
internal sealed class SignedUrl
{
    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    private SignedUrl(string text, Uri address)
    {
        Text = text;
        Address = address;
    }

    public string Text { get; }

    public Uri Address { get; }

    /// <summary>When it expires, by the storage's clock; null if the URL does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>How long it is valid after it was signed; null if the URL does not say.</summary>
    public TimeSpan? Lifetime { get; private init; }

    /// <summary>The last segment of the path, unescaped.</summary>
    public string LastSegment => Uri.UnescapeDataString(Address.AbsolutePath.Split('/')[^1]);

    /// <summary>Parses an address that the service redirects to; null if it cannot be that of a file at the storage.</summary>
    /// <param name="location">The address.</param>
    /// <param name="apiHost">The API's own origin.</param>
    /// <param name="allowsHttp">Whether files may be downloaded over plain HTTP.</param>
    public static SignedUrl? TryParse(string location, Uri apiHost, bool allowsHttp = false) =>
        Parse(location, apiHost, allowsHttp).Url;

    /// <summary>As <see cref="TryParse"/>, with the reason why the address is refused, as a clause.</summary>
    public static (SignedUrl? Url, string? Refusal) Parse(string location, Uri apiHost, bool allowsHttp = false)
    {
#pragma warning disable CS0618 // The signature covers the exact text, so .NET must not normalize dots and escapes.
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
#pragma warning restore CS0618
        var isAddress = Uri.TryCreate(location, options, out var address) && address is { IsAbsoluteUri: true, UserInfo: "" };
        if (!isAddress || !location.All(IsPlain))
            return (null, "it is malformed");

        if (address!.Scheme != Uri.UriSchemeHttps && (address.Scheme != Uri.UriSchemeHttp || !allowsHttp))
            return (null, $"it begins with {address.Scheme}:");

        if (IsSameOrigin(address, apiHost))
            return (null, "it is on the API's own origin");

        var parameters = Parameters(address);
        return IsSigned(parameters) ? (WithExpiry(location, address, parameters), null) : (null, "it is not signed");
    }

    public override string ToString() => $"{Address.Scheme}://{Address.Authority}/...";

    private static bool IsSigned(ILookup<string, string> parameters)
    {
        return Has("X-Amz-Signature") || Has("X-Goog-Signature") || IsSignedForAzure() || IsSignedWithKeyId();

        bool IsSignedForAzure() => Has("sig") && Has("sv");

        // S3, Google and CloudFront. SAML sign-in requests have a Signature, too, so the key id is required.
        bool IsSignedWithKeyId() => Has("Signature") && (Has("AWSAccessKeyId") || Has("GoogleAccessId") || Has("Key-Pair-Id"));

        bool Has(string name) => parameters[name].Any(value => value.Length > 0);
    }

    private static bool IsSameOrigin(Uri address, Uri other) =>
        Uri.Compare(address, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    // Anything but visible ASCII would go into the request unescaped.
    private static bool IsPlain(char character) => character is > ' ' and < '\x7f';

    private static ILookup<string, string> Parameters(Uri address) =>
        address.Query.TrimStart('?').Split('&')
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);

    private static SignedUrl WithExpiry(string text, Uri address, ILookup<string, string> parameters)
    {
        if (!int.TryParse(parameters["X-Amz-Expires"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return new SignedUrl(text, address);

        var lifetime = TimeSpan.FromSeconds(seconds);
        var date = parameters["X-Amz-Date"].FirstOrDefault();
        var culture = CultureInfo.InvariantCulture;
        return DateTimeOffset.TryParseExact(date, DateFormat, culture, DateTimeStyles.AssumeUniversal, out var signedAt)
            ? new SignedUrl(text, address) { Lifetime = lifetime, ExpiresAt = signedAt.Shift(lifetime) }
            : new SignedUrl(text, address) { Lifetime = lifetime };
    }
}
