#pragma warning disable CA1032 // Made by the client only.
using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>The service has no checks for destinations of this type.</summary>
public sealed class NoDestinationTestsException : NotSupportedException
{
    internal NoDestinationTestsException(string type, SecretScrubber secrets)
        : base(secrets.Hide($"PostHog has no checks for destinations of type '{DisplayText.Clean(type)}'.")) => DestinationType = type;

    /// <summary>The type.</summary>
    public string DestinationType { get; }
}
