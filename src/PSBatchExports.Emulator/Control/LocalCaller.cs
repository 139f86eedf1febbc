using System.Net;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Tells local programs from web pages in a local browser. A page sends its origin, or has reached this address by DNS rebinding and sends
/// its own host name.
/// </summary>
internal static class LocalCaller
{
    /// <summary>Why the request is rejected; null if it is accepted.</summary>
    public static string? RejectionReason(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host))
            return $"'{request.Host.Host}' is not a loopback host. Use 127.0.0.1 or localhost.";

        foreach (var origin in request.Headers.Origin)
        {
            if (!IsSameOrigin(origin, request))
                return "Cross-origin requests are rejected.";
        }

        return request.Headers["Sec-Fetch-Site"].Any(site => site is not ("same-origin" or "none"))
            ? "Cross-origin requests are rejected."
            : null;
    }

    private static bool IsSameOrigin(string? origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value && uri.Scheme == request.Scheme;

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
