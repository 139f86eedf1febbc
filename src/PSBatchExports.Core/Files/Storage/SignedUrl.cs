using System.Globalization;

namespace PSBatchExports;

/// <summary>A URL that reads one file for a while. It is a secret, and is used exactly as it was given (docs/wire.md, section 14).</summary>
internal sealed class SignedUrl
{
    private SignedUrl(string text, Uri address)
    {
        Text = text;
        Address = address;
    }

    public string Text { get; }

    public Uri Address { get; }

    /// <summary>When it ends, by the storage's clock; null where the URL does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>How long it is good from its signing; null where the URL does not say.</summary>
    public TimeSpan? Lifetime { get; private init; }

    /// <summary>Whether it tells the storage to send the file's name along.</summary>
    public bool AsksForName => Parameters.Contains("response-content-disposition");

    /// <summary>The last part of the path.</summary>
    public string LastSegment => Uri.UnescapeDataString(Address.AbsolutePath.Split('/')[^1]);

    public static SignedUrl? TryParse(string location, Uri apiHost)
    {
#pragma warning disable CS0618 // The signature covers the exact text, so .NET must not normalise dots and escapes in it.
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
#pragma warning restore CS0618
        if (!Uri.TryCreate(location, options, out var address) || !address.IsAbsoluteUri)
            return null;

        var isSecure = address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && apiHost.Scheme == Uri.UriSchemeHttp);
        return isSecure ? new SignedUrl(location, address).WithExpiry() : null;
    }

    public override string ToString() => $"{Address.Scheme}://{Address.Authority}/...";

    private ILookup<string, string> Parameters =>
        Address.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);

    private SignedUrl WithExpiry()
    {
        var parameters = Parameters;
        if (!int.TryParse(parameters["X-Amz-Expires"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return this;

        var lifetime = TimeSpan.FromSeconds(seconds);
        var isDated = DateTimeOffset.TryParseExact(parameters["X-Amz-Date"].FirstOrDefault(), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt);
        return new SignedUrl(Text, Address) { Lifetime = lifetime, ExpiresAt = isDated ? signedAt + lifetime : null };
    }
}
