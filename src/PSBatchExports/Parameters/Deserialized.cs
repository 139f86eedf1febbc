using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>
/// Deserialized objects from CLIXML, a job or another session. Dictionaries, lists and plain values keep their types; other
/// objects become property bags. CSV, and JSON below its depth, keep only the ToString() of an object.
/// </summary>
internal static partial class Deserialized
{
    private const string Prefix = "Deserialized.";

    // The engine adds these to objects from a job or another session.
    private static readonly HashSet<string> EngineNotes = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSComputerName", "PSShowComputerName", "PSSourceJobInstanceId", "RunspaceId",
    };

    /// <summary>The value of a deserialized DateTimeOffset; null for anything else.</summary>
    public static DateTimeOffset? ToTime(PSObject bag) =>
        Is(bag, typeof(DateTimeOffset)) && bag.Properties["UtcDateTime"]?.Value is DateTime utc
            ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToOffset(OffsetOf(bag))
            : null;

    /// <summary>The name of a deserialized enum value; null for anything else.</summary>
    public static string? ToEnumName(PSObject value) =>
        Is(value, typeof(Enum)) ? value.ToString(format: null, CultureInfo.InvariantCulture) : null;

    /// <summary>The original type of a property bag that cannot be sent; null for custom objects and types of this module.</summary>
    public static string? UnsupportedType(PSObject bag)
    {
        var type = bag.TypeNames.FirstOrDefault();
        if (type is null || !type.StartsWith(Prefix, StringComparison.Ordinal))
            return null;

        var isCustomObject = bag.TypeNames.Any(name => name.EndsWith(typeof(PSCustomObject).FullName!, StringComparison.Ordinal));
        var isOfModule = type.StartsWith($"{Prefix}{nameof(PSBatchExports)}.", StringComparison.Ordinal);
        return isCustomObject || isOfModule ? null : type[Prefix.Length..];
    }

    /// <summary>Whether the engine added a property.</summary>
    public static bool IsEngineNote(string property) => EngineNotes.Contains(property);

    /// <summary>Whether a text is the ToString() of a list or an object: its type name, or its properties as @{...}.</summary>
    public static bool IsStringifiedObject(string text) => StringifiedObject().IsMatch(text);

    private static TimeSpan OffsetOf(PSObject bag) => bag.Properties["Offset"]?.Value as TimeSpan? ?? TimeSpan.Zero;

    private static bool Is(PSObject value, Type type) => value.TypeNames.Contains($"{Prefix}{type.FullName}");

    // Other type names are legitimate text: a filter may match exceptions by type.
    [GeneratedRegex(
        @"^(?!.*Exception\z)("
        + @"System(\.\w+)+\[\]"
        + @"|System\.Collections\.[\w.]+(`\d+(\+\w+)?\[.*\])?"
        + @"|System\.Security\.SecureString"
        + @"|System\.Management\.Automation\.\w+"
        + @"|PSBatchExports\.\w+(\[\])?"
        + @"|@\{.*=.*\}"
        + @")\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex StringifiedObject();
}
