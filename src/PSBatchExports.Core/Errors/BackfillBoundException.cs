#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>A bound that the server refuses, or would; nothing was started.</summary>
public sealed class BackfillBoundException : ArgumentException
{
    internal BackfillBoundException(string bound, string message) : base(message) => Bound = bound;

    /// <summary>Which bound.</summary>
    public string Bound { get; }
}
