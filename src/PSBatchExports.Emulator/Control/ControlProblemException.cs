namespace PSBatchExports.Emulator.Control;

/// <summary>A request to the control channel is invalid.</summary>
internal sealed class ControlProblemException(string detail, string? name = null, long? limit = null) : Exception(detail)
{
    /// <summary>The invalid field, if any.</summary>
    public string? Field => name;

    /// <summary>The limit that the field's value exceeds, if any.</summary>
    public long? Limit => limit;
}
