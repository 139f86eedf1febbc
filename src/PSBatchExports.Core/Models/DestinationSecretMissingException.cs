#pragma warning disable CA1032 // Made here only.
namespace PSBatchExports;

/// <summary>In the place of a destination's secret there is only the mark that one was there; nothing was sent.</summary>
public sealed class DestinationSecretMissingException : ArgumentException
{
    internal DestinationSecretMissingException(string key)
        : base($"The destination's secret '{DisplayText.Clean(key)}' is missing: secrets are left behind where a destination is written to a file or sent to another session.") => Key = key;

    /// <summary>Where in the config it was, such as copy_inputs.authorization.</summary>
    public string Key { get; }
}
