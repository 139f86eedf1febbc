using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace PSBatchExports.Http;

/// <summary>Turns connection failures into exceptions with a readable reason.</summary>
internal static partial class ConnectionFailures
{
    private const int TooManyOpenFilesInSystem = 23;
    private const int TooManyOpenFiles = 24;
    private const int ProxyAuthenticationRequired = 407;

    /// <param name="failure">The failure.</param>
    /// <param name="host">The host of the request.</param>
    /// <param name="proxy">The proxy to the host; null for none. Every failure before the host is reached is then attributed to it.</param>
    /// <param name="request">The request.</param>
    /// <param name="retryMode">Whether the request may be retried.</param>
    public static BatchExportException ToException(Exception failure, Uri host, Uri? proxy, FailedRequest request, RetryMode retryMode)
    {
        var error = (failure as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        if (failure.InnerException is AuthenticationException refused)
        {
            var message = $"The TLS handshake with {host.Authority}{Through(proxy)} failed: {DisplayText.Clean(refused.Message)}";
            return new UnexpectedResponseException(message, request, isTransient: false, failure);
        }

        if (failure.InnerException is LocalAddressException)
        {
            var message = $"{host.Authority} was not contacted: {LocalAddresses.Refusal}.";
            return new UnexpectedResponseException(message, request, isTransient: false, failure);
        }

        if (error is HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse)
        {
            var isTooLong = error is HttpRequestError.ConfigurationLimitExceeded;
            var message = isTooLong
                ? $"The response of {host.Authority}{Through(proxy)} begins with more than "
                    + FormattableString.Invariant($"{HttpHandlers.MaxHeaderKilobytes} KiB of headers; PostHog's never do.")
                : $"{host.Authority}{Through(proxy)} did not answer with HTTP.";
            return new UnexpectedResponseException(message, request, isTransient: !isTooLong, failure)
            {
                MayHaveTakenEffect = retryMode == RetryMode.OnlyIfNotProcessed,
            };
        }

        var isBeforeHost = error
            is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError
            or HttpRequestError.ProxyTunnelError;
        var neverSent = isBeforeHost || error is HttpRequestError.SecureConnectionError;
        var status = error is HttpRequestError.ProxyTunnelError ? StatusIn(failure.Message) : null;
        var isOfProxy = proxy is not null && isBeforeHost;
        var reason = isOfProxy ? ProxyReason(failure, error, host, proxy!, status) : Reason(failure, error, host, proxy);
        return new ConnectionFailedException(reason, request, neverSent, failure)
        {
            MayHaveTakenEffect = !neverSent && retryMode == RetryMode.OnlyIfNotProcessed,
            IsOutOfHandles = IsOutOfHandles(failure),
            Proxy = isOfProxy && !IsOutOfHandles(failure) ? proxy : null,
            ProxyStatusCode = status,
        };
    }

    /// <summary>The proxy requires authentication. It tells an https request so before it is sent, any other in its response.</summary>
    public static ConnectionFailedException ProxyAuthenticationFailed(Uri? proxy, FailedRequest request)
    {
        var message = ProxyNeedsCredentials(proxy);
        var cause = new HttpRequestException(HttpRequestError.ProxyTunnelError, message);
        return new ConnectionFailedException(message, request, neverSent: true, cause)
        {
            Proxy = proxy,
            ProxyStatusCode = ProxyAuthenticationRequired,
        };
    }

    /// <summary>" through the proxy …", or nothing if there is none.</summary>
    public static string Through(Uri? proxy) => proxy is null ? "" : $" through the proxy {DisplayText.Origin(proxy)}";

    private static string ProxyNeedsCredentials(Uri? proxy) =>
        $"The proxy{(proxy is null ? "" : $" {DisplayText.Origin(proxy)}")} asks for a user name and password, "
        + "or does not accept those that it got.";

    private static string ProxyReason(Exception failure, HttpRequestError error, Uri host, Uri proxy, int? status) => error switch
    {
        _ when IsOutOfHandles(failure) => Reason(failure, error, host, proxy: null),
        HttpRequestError.NameResolutionError => $"The name of the proxy, {proxy.Host}, could not be resolved.",
        HttpRequestError.ConnectionError when IsRefused(failure) => $"The proxy {DisplayText.Origin(proxy)} refused the connection.",
        HttpRequestError.ConnectionError => $"Could not connect to the proxy {DisplayText.Origin(proxy)}.",
        _ when status == ProxyAuthenticationRequired => ProxyNeedsCredentials(proxy),
        _ when status is null => $"The proxy {DisplayText.Origin(proxy)} refused to connect to {host.Authority}.",
        _ => FormattableString.Invariant(
            $"The proxy {DisplayText.Origin(proxy)} refused to connect to {host.Authority}: it answered {status}."),
    };

    private static string Reason(Exception failure, HttpRequestError error, Uri host, Uri? proxy) => error switch
    {
        _ when IsOutOfHandles(failure) => $"Could not connect to {host.Authority}: this process, or the system, has no file handles left.",
        HttpRequestError.NameResolutionError => $"The name {host.Host} could not be resolved.",
        HttpRequestError.ProxyTunnelError => $"The proxy refused to connect to {host.Authority}.",
        HttpRequestError.SecureConnectionError => $"The connection to {host.Authority}{Through(proxy)} failed during the TLS handshake.",
        HttpRequestError.ConnectionError when IsRefused(failure) => $"{host.Authority} refused the connection.",
        HttpRequestError.ConnectionError => $"Could not connect to {host.Authority}.",
        _ => $"The connection to {host.Authority}{Through(proxy)} was lost before the response was complete.",
    };

    private static bool IsRefused(Exception failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    // .NET has it only in the message.
    private static int? StatusIn(string message) =>
        TunnelStatus().Match(message) is { Success: true } match ? int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) : null;

    private static bool IsOutOfHandles(Exception? failure) => failure switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => true,
        IOException { HResult: TooManyOpenFiles or TooManyOpenFilesInSystem } => true,
        _ => IsOutOfHandles(failure.InnerException),
    };

    [GeneratedRegex("(?<=')[1-5][0-9]{2}(?=')", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TunnelStatus();
}
