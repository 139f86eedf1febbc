namespace PSBatchExports;

/// <summary>A destination has only the marker of a secret, not the secret; nothing was sent.</summary>
public sealed class DestinationSecretMissingException : ArgumentException
{
    internal DestinationSecretMissingException(string key)
        : base(
            $"The destination's secret '{DisplayText.Clean(key)}' is missing: "
            + "secrets are left behind where a destination is written to a file or sent to another session.") =>
        Key = key;

    /// <summary>The path of the secret in the config, such as copy_inputs.authorization.</summary>
    public string Key { get; }
}
