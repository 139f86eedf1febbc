using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace PSBatchExports.Http;

/// <summary>Says in words why no answer came.</summary>
internal static partial class ConnectionFailures
{
    private const int TooManyOpenFilesInSystem = 23;
    private const int TooManyOpenFiles = 24;
    private const int ProxyAuthenticationRequired = 407;

    /// <param name="failure">The failure.</param>
    /// <param name="host">What was to answer.</param>
    /// <param name="proxy">The proxy on the way; null for none. Whatever fails before there is a connection to the host is then about the proxy.</param>
    /// <param name="request">The request.</param>
    /// <param name="repeat">Whether it may be sent again.</param>
    public static BatchExportException Describe(Exception failure, Uri host, Uri? proxy, FailedRequest request, Repeat repeat)
    {
        var error = (failure as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        if (failure.InnerException is AuthenticationException)
            return new UnexpectedResponseException($"No secure connection to {host.Authority} could be made{Through(proxy)}: {DisplayText.Clean(failure.InnerException.Message)}", request, innerException: failure);

        if (failure.InnerException is NearAddressException)
            return new UnexpectedResponseException($"{host.Authority} was not contacted: {NearAddresses.Refusal}.", request, false, failure);

        if (error is HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse)
        {
            var isTooLong = error is HttpRequestError.ConfigurationLimitExceeded;
            var what = isTooLong ? $"begins with more than {HttpHandlers.MostHeaderKilobytes} KiB of headers, which none of the service's does" : "is no HTTP";
            return new UnexpectedResponseException($"The answer of {host.Authority}{Through(proxy)} {what}.", request, isTransient: !isTooLong, failure)
            {
                MayHaveTakenEffect = repeat == Repeat.OnlyIfNothingHappened,
            };
        }

        var neverSent = error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError or HttpRequestError.SecureConnectionError;
        var status = error is HttpRequestError.ProxyTunnelError ? StatusIn(failure.Message) : null;
        var isOfProxy = proxy is not null && error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError;
        return new ConnectionFailedException(isOfProxy ? Reason(failure, error, host, proxy!, status) : Reason(failure, error, host, proxy), request, neverSent, failure)
        {
            MayHaveTakenEffect = !neverSent && repeat == Repeat.OnlyIfNothingHappened,
            IsOutOfHandles = IsOutOfHandles(failure),
            Proxy = isOfProxy && !IsOutOfHandles(failure) ? proxy : null,
            ProxyStatusCode = status,
        };
    }

    /// <summary>A proxy does not let through who does not say who they are. An https request learns that before it is sent, any other as its answer.</summary>
    public static ConnectionFailedException NoAccessToProxy(Uri? proxy, FailedRequest request)
    {
        var message = NoAccess(proxy);
        return new ConnectionFailedException(message, request, neverSent: true, new HttpRequestException(HttpRequestError.ProxyTunnelError, message))
        {
            Proxy = proxy,
            ProxyStatusCode = ProxyAuthenticationRequired,
        };
    }

    /// <summary>Says through which proxy; nothing where there is none.</summary>
    public static string Through(Uri? proxy) => proxy is null ? "" : $" through the proxy {DisplayText.Origin(proxy)}";

    private static string NoAccess(Uri? proxy) =>
        $"The proxy{(proxy is null ? "" : $" {DisplayText.Origin(proxy)}")} asks for a user name and password, or does not accept those that it got.";

    private static string Reason(Exception failure, HttpRequestError error, Uri host, Uri proxy, int? status) => error switch
    {
        _ when IsOutOfHandles(failure) => Reason(failure, error, host, null),
        HttpRequestError.NameResolutionError => $"The name of the proxy, {proxy.Host}, is not known to the network.",
        HttpRequestError.ConnectionError when IsRefused(failure) => $"The proxy {DisplayText.Origin(proxy)} refused the connection.",
        HttpRequestError.ConnectionError => $"No connection to the proxy {DisplayText.Origin(proxy)} could be made.",
        _ when status == ProxyAuthenticationRequired => NoAccess(proxy),
        _ => $"The proxy {DisplayText.Origin(proxy)} did not open a way to {host.Authority}{(status is null ? "" : FormattableString.Invariant($": it answered {status}"))}.",
    };

    private static string Reason(Exception failure, HttpRequestError error, Uri host, Uri? proxy) => error switch
    {
        _ when IsOutOfHandles(failure) => $"No connection to {host.Authority}: this process, or the system, has no file handles left.",
        HttpRequestError.NameResolutionError => $"The name {host.Host} is not known to the network.",
        HttpRequestError.ProxyTunnelError => $"The proxy did not open a way to {host.Authority}.",
        HttpRequestError.SecureConnectionError => $"The secure connection to {host.Authority} broke while it was being made{Through(proxy)}.",
        HttpRequestError.ConnectionError when IsRefused(failure) => $"{host.Authority} refused the connection.",
        HttpRequestError.ConnectionError => $"No connection to {host.Authority} could be made.",
        _ => $"The connection to {host.Authority}{Through(proxy)} broke before the answer was complete.",
    };

    private static bool IsRefused(Exception failure) => failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    // .NET tells it in words only.
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
