using System.Net;
using System.Net.Sockets;

namespace PSBatchExports.Http;

/// <summary>
/// Loopback and link-local addresses, where services often trust every caller. URLs from the service may lead there only if the service
/// itself is there (docs/reliability.md, threat model).
/// </summary>
internal static class LocalAddresses
{
    public const string Refusal = "it leads to this machine or its own network link, where the service is not";

    private enum Place
    {
        Elsewhere,
        ThisMachine,
        ThisLink,
    }

    /// <summary>
    /// Whether a request to an address is allowed. A host name is checked by <see cref="ConnectAsync"/> when it is resolved.
    /// </summary>
    public static ValueTask<bool> MayLeadToAsync(Uri address, Uri apiHost, CancellationToken cancellationToken) =>
        IPAddress.TryParse(address.IdnHost, out var literal) ? MayLeadToAsync(literal, apiHost, cancellationToken)
        : address.IsLoopback ? MayLeadToAsync(IPAddress.Loopback, apiHost, cancellationToken)
        : ValueTask.FromResult(true);

    /// <summary>
    /// Connects as .NET does by default, but disconnects if a name resolved to a forbidden address. Connections to a proxy are not checked:
    /// the proxy resolves the names.
    /// </summary>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, Uri apiHost, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            if (IsDirect(context) && !await MayLeadToAsync(((IPEndPoint)socket.RemoteEndPoint!).Address, apiHost, cancellationToken))
                throw new LocalAddressException();

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A CONNECT request goes to the proxy itself.
    private static bool IsDirect(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage is { Method.Method: not "CONNECT", RequestUri: { } asked }
        && asked.IdnHost.Equals(context.DnsEndPoint.Host, StringComparison.OrdinalIgnoreCase)
        && asked.Port == context.DnsEndPoint.Port;

    private static async ValueTask<bool> MayLeadToAsync(IPAddress address, Uri apiHost, CancellationToken cancellationToken)
    {
        var place = PlaceOf(address);
        return place == Place.Elsewhere || Array.Exists(await AddressesAsync(apiHost, cancellationToken), api => PlaceOf(api) == place);
    }

    private static async Task<IPAddress[]> AddressesAsync(Uri host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host.IdnHost, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static Place PlaceOf(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any))
            return Place.ThisMachine;

        return plain.IsIPv6LinkLocal || plain.GetAddressBytes() is [169, 254, _, _] ? Place.ThisLink : Place.Elsewhere;
    }
}

/// <summary>The storage's name resolved to a forbidden address.</summary>
internal sealed class LocalAddressException() : IOException(LocalAddresses.Refusal);
