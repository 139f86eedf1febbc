#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>The key, or a file, would have gone over the network in the clear; nothing was sent.</summary>
public sealed class PlainHttpException : ArgumentException
{
    internal PlainHttpException(Uri host) : base($"{host.GetLeftPart(UriPartial.Authority)} is plain http: the key would cross the network in the clear.") { }

    private PlainHttpException(string message) : base(message) { }

    internal static PlainHttpException ForFile(Uri storage) =>
        new($"{DisplayText.Origin(storage)}, where the service keeps the file, is plain http: the file would cross the network in the clear.");
}
