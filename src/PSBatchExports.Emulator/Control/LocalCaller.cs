using System.Net;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Tells programs of this machine from web pages that use its browser: a page sends its origin along, or was made to find this address under
/// a name of its own.
/// </summary>
internal static class LocalCaller
{
    /// <summary>Why the request is refused; null where it is not.</summary>
    public static string? WhyNot(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host))
            return $"'{request.Host.Host}' is not a name of this machine. Use 127.0.0.1 or localhost.";

        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Authority != request.Host.Value || from.Scheme != request.Scheme)
                return "Requests of web pages from elsewhere are not taken.";
        }

        return request.Headers["Sec-Fetch-Site"].Any(site => site is not ("same-origin" or "none"))
            ? "Requests of web pages from elsewhere are not taken."
            : null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
