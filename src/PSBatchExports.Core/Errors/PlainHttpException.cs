#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>The key would have gone over the network in the clear; nothing was sent.</summary>
public sealed class PlainHttpException : ArgumentException
{
    internal PlainHttpException(Uri host) : base($"{host.GetLeftPart(UriPartial.Authority)} is plain http: the key would cross the network in the clear.") { }
}
