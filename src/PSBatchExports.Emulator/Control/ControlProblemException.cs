namespace PSBatchExports.Emulator.Control;

/// <summary>A request to the control channel cannot be carried out.</summary>
internal sealed class ControlProblemException(string detail, string? name = null, long? limit = null) : Exception(detail)
{
    /// <summary>The field at fault; null where it is none.</summary>
    public string? Field => name;

    /// <summary>The bound that its value is beyond; null where it is about something else.</summary>
    public long? Limit => limit;
}
