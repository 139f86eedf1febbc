using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>The secrets of a client: its key, the passwords of its proxies, and the signatures of the signed URLs it received.</summary>
internal sealed class ClientSecrets(ApiKey key, BatchExportClientOptions options)
{
    // A response can only repeat the URL of a request in flight.
    private const int MaxUrls = 64;

    private const int MinParameterLength = 8;

    private static readonly string[] ProxyVariables = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    // The parameters of signed URLs that are no secret: the method and lifetime of the signature, and the requested response headers.
    private static readonly HashSet<string> PublicParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "Expires", "partNumber", "se", "sp", "spr", "sr", "st", "sv", "versionId", "x-id",
        "X-Amz-Algorithm", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
        "X-Goog-Algorithm", "X-Goog-Date", "X-Goog-Expires", "X-Goog-SignedHeaders",
    };

    private readonly Queue<Secret[]> _signatures = new();
    private Secret[]? _all;

    /// <summary>Remembers the secret parameters of a signed URL, until too many newer ones follow.</summary>
    public void AddSignedUrl(string url)
    {
        lock (_signatures)
        {
            _signatures.Enqueue([.. Parameters(url).Select(text => new Secret(text) { MayBeEncoded = false })]);
            if (_signatures.Count > MaxUrls)
                _signatures.Dequeue();

            _all = null;
        }
    }

    public IEnumerable<Secret> All()
    {
        if (key.TryReveal() is { } text)
            yield return new Secret(text);

        foreach (var password in ProxyPasswords())
            yield return new Secret(password);

        foreach (var signature in Signatures())
            yield return signature;
    }

    private IEnumerable<string> ProxyPasswords()
    {
        if (options.ProxyCredential?.GetCredential(options.Proxy ?? options.ApiHost, "Basic")?.Password is { } password)
            yield return password;

        var proxies = options.Proxy is { } proxy
            ? [proxy.OriginalString]
            : ProxyVariables.Select(Environment.GetEnvironmentVariable).OfType<string>();
        foreach (var userInfo in proxies.Select(UserInfo))
        {
            if (userInfo.Split(':', 2) is not [_, var inUrl])
                continue;

            yield return inUrl;
            yield return Uri.UnescapeDataString(inUrl);
        }
    }

    private static string UserInfo(string proxy)
    {
        var start = proxy.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = proxy.LastIndexOf('@');
        return end > start ? proxy[start..end] : "";
    }

    private Secret[] Signatures()
    {
        lock (_signatures)
            return _all ??= [.. _signatures.SelectMany(parameters => parameters)];
    }

    private static IEnumerable<string> Parameters(string url) =>
        from pair in url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
        let parts = pair.Split('=', 2)
        where parts.Length == 2 && parts[1].Length >= MinParameterLength
        where !PublicParameters.Contains(parts[0]) && !parts[0].StartsWith("response-", StringComparison.OrdinalIgnoreCase)
        select Uri.UnescapeDataString(parts[1]);
}
