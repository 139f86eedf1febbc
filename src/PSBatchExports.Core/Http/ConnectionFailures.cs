using System.Net.Sockets;
using System.Security.Authentication;

namespace PSBatchExports;

/// <summary>Says in words why no answer came.</summary>
internal static class ConnectionFailures
{
    private const int TooManyOpenFilesInSystem = 23;
    private const int TooManyOpenFiles = 24;

    public static BatchExportException Describe(Exception failure, Uri host, FailedRequest request, Repeat repeat)
    {
        var error = (failure as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        if (failure.InnerException is AuthenticationException)
            return new UnexpectedResponseException($"No secure connection to {host.Authority} could be made: {DisplayText.Clean(failure.InnerException.Message)}", request, innerException: failure);

        if (failure.InnerException is NearAddressException)
            return new UnexpectedResponseException($"{host.Authority} was not contacted: {NearAddresses.Refusal}.", request, false, failure);

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
            IsOutOfHandles = IsOutOfHandles(failure),
        };
    }

    private static string Reason(Exception failure, HttpRequestError error, Uri host) => error switch
    {
        _ when IsOutOfHandles(failure) => $"No connection to {host.Authority}: this process, or the system, has no file handles left.",
        HttpRequestError.NameResolutionError => $"The name {host.Host} is not known to the network.",
        HttpRequestError.ProxyTunnelError => $"The proxy did not open a way to {host.Authority}.",
        HttpRequestError.SecureConnectionError => $"The secure connection to {host.Authority} broke while it was being made.",
        HttpRequestError.ConnectionError when failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"{host.Authority} refused the connection.",
        HttpRequestError.ConnectionError => $"No connection to {host.Authority} could be made.",
        _ => $"The connection to {host.Authority} broke before the answer was complete.",
    };

    private static bool IsOutOfHandles(Exception? failure) => failure switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => true,
        IOException { HResult: TooManyOpenFiles or TooManyOpenFilesInSystem } => true,
        _ => IsOutOfHandles(failure.InnerException),
    };
}
