using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Values that were written to CLIXML, or came from a job or another machine, and are only their properties now.</summary>
internal static class Deserialized
{
    /// <summary>The time that such a DateTimeOffset was; null where the value is none.</summary>
    public static DateTimeOffset? Time(object? value) =>
        value is PSObject bag
        && bag.TypeNames.Contains("Deserialized.System.DateTimeOffset", StringComparer.Ordinal)
        && PlainValues.Unwrap(bag.Properties["DateTime"]?.Value) is DateTime clock
        && PlainValues.Unwrap(bag.Properties["Offset"]?.Value) is TimeSpan offset
            ? new DateTimeOffset(DateTime.SpecifyKind(clock, DateTimeKind.Unspecified), offset)
            : null;
}
