using System.Net;

namespace PSBatchExports.Http;

/// <summary>Parses the address of a proxy: with or without a scheme, user name and password.</summary>
internal static class ProxyAddress
{
    private const int SocksPort = 1080;

    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <summary>The address without credentials, and the credentials; null if it has none.</summary>
    /// <param name="proxy">The address. Without a scheme it means http, as for curl and in HTTPS_PROXY.</param>
    /// <exception cref="ArgumentException">It is not the address of a proxy.</exception>
    public static (Uri Address, NetworkCredential? Credential) Parse(Uri proxy)
    {
        var text = proxy.OriginalString.Trim();
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        var url = hasScheme ? text : $"http://{text.TrimStart('/')}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0)
        {
            throw new ArgumentException(
                $"'{ForDisplay(text)}' is not the address of a proxy. Give one such as http://proxy.example.com:8080.");
        }

        if (!Schemes.Contains(address.Scheme))
        {
            throw new ArgumentException(
                $"The address of the proxy begins with {address.Scheme}:, but a proxy is one of {string.Join(", ", Schemes)}. "
                + "Give one such as http://proxy.example.com:8080.");
        }

        if (address.PathAndQuery.Length > 1)
        {
            throw new ArgumentException(
                $"The address of the proxy, {DisplayText.Origin(address)}, has a path. "
                + "Give the proxy itself, not the address of a script that names one.");
        }

        var plain = new UriBuilder(address.Scheme, address.Host, address.Port > 0 ? address.Port : SocksPort).Uri;
        return (plain, Credential(address.UserInfo));
    }

    private static NetworkCredential? Credential(string userInfo)
    {
        if (userInfo.Length == 0)
            return null;

        var parts = userInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static string ForDisplay(string text) => DisplayText.OneLine(text[(text.LastIndexOf('@') + 1)..]);
}
