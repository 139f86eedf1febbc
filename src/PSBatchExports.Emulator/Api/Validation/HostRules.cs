using System.Net;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates database hosts: a host name or an address that is reachable from the internet.</summary>
internal static class HostRules
{
    public static void Check(JsonObject config)
    {
        if (config["host"]?.GetValue<string>() is not { } host)
            return;

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw Problem.Invalid("Invalid host. Enter a hostname or IP address without credentials, scheme, or path.", "destination");

        if (IsPrivate(host))
        {
            throw Problem.Invalid(
                "Could not reach this host. Check that the hostname is correct and reachable from the internet.", "destination");
        }
    }

    public static bool IsReachable(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown && !IsPrivate(host);

    private static bool IsPrivate(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;

        if (!IPAddress.TryParse(host, out var address))
            return false;

        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address)
            || bytes is [10, _, _, _] or [192, 168, _, _] or [172, >= 16 and <= 31, _, _] or [169, 254, _, _];
    }
}
