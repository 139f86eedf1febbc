using System.Net.Sockets;
using System.Security.Authentication;

namespace PSBatchExports;

/// <summary>Says in words why no answer came.</summary>
internal static class ConnectionFailures
{
    public static BatchExportException Describe(Exception failure, Uri host, FailedRequest request, Repeat repeat)
    {
        var error = (failure as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        if (failure.InnerException is AuthenticationException)
            return new UnexpectedResponseException($"No secure connection to {host.Authority} could be made: {DisplayText.Clean(failure.InnerException.Message)}", request, innerException: failure);

        if (error is HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse)
        {
            var isTooLong = error is HttpRequestError.ConfigurationLimitExceeded;
            var what = isTooLong ? $"begins with more than {HttpHandlers.MostHeaderKilobytes} KiB of headers, which none of the service's does" : "is no HTTP";
            return new UnexpectedResponseException($"The answer of {host.Authority} {what}.", request, isTransient: !isTooLong, failure)
            {
                MayHaveTakenEffect = repeat == Repeat.OnlyIfNothingHappened,
            };
        }

        var neverSent = error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError or HttpRequestError.SecureConnectionError;
        return new ConnectionFailedException($"{Reason(failure, error, host)}", request, neverSent, failure)
        {
            MayHaveTakenEffect = !neverSent && repeat == Repeat.OnlyIfNothingHappened,
        };
    }

    private static string Reason(Exception failure, HttpRequestError error, Uri host) => error switch
    {
        HttpRequestError.NameResolutionError => $"The name {host.Host} is not known to the network.",
        HttpRequestError.ProxyTunnelError => $"The proxy did not open a way to {host.Authority}.",
        HttpRequestError.SecureConnectionError => $"The secure connection to {host.Authority} broke while it was being made.",
        HttpRequestError.ConnectionError when failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"{host.Authority} refused the connection.",
        HttpRequestError.ConnectionError => $"No connection to {host.Authority} could be made.",
        _ => $"The connection to {host.Authority} broke before the answer was complete.",
    };
}
