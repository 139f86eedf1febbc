#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>The connection was closed, before the request or while it was under way.</summary>
public sealed class ClientClosedException : InvalidOperationException
{
    internal ClientClosedException(string host) : base($"The connection to {host} has been closed.") { }
}
