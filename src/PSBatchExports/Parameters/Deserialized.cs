using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PSBatchExports.Parameters;

/// <summary>
/// What comes back from CLIXML, a job or another session: dictionaries, lists and plain values do as themselves, other objects as bags of their properties. CSV,
/// and JSON below its depth, have only the text of such an object.
/// </summary>
internal static partial class Deserialized
{
    private const string Prefix = "Deserialized.";

    // Added by the engine to whatever comes from a job or another session.
    private static readonly HashSet<string> EngineNotes = new(StringComparer.OrdinalIgnoreCase) { "PSComputerName", "PSShowComputerName", "PSSourceJobInstanceId", "RunspaceId" };

    /// <summary>The instant that such a bag was; null where it was none.</summary>
    public static DateTimeOffset? ToTime(PSObject bag) =>
        Is(bag, typeof(DateTimeOffset)) && bag.Properties["UtcDateTime"]?.Value is DateTime utc
            ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToOffset(bag.Properties["Offset"]?.Value as TimeSpan? ?? TimeSpan.Zero)
            : null;

    /// <summary>The name of a choice whose number came with its name; null for anything else.</summary>
    public static string? ToChoice(PSObject value) => Is(value, typeof(Enum)) ? value.ToString(format: null, CultureInfo.InvariantCulture) : null;

    /// <summary>The type that was sent, where its bag is not enough to tell what it was; null where it is.</summary>
    public static string? StrangeType(PSObject bag) =>
        bag.TypeNames.FirstOrDefault() is { } type && type.StartsWith(Prefix, StringComparison.Ordinal)
        && !bag.TypeNames.Any(name => name.EndsWith(typeof(PSCustomObject).FullName!, StringComparison.Ordinal)) && !type.StartsWith($"{Prefix}{nameof(PSBatchExports)}.", StringComparison.Ordinal)
            ? type[Prefix.Length..]
            : null;

    /// <summary>Whether the engine added this property.</summary>
    public static bool IsNote(string property) => EngineNotes.Contains(property);

    /// <summary>Whether a text is all that is left of a list or an object: the name of its type, or how PowerShell writes its properties.</summary>
    public static bool IsRemains(string text) => Remains().IsMatch(text);

    private static bool Is(PSObject value, Type type) => value.TypeNames.Contains($"{Prefix}{type.FullName}");

    // Other names of types are nobody's remains: a filter may well look for an exception by its type.
    [GeneratedRegex(@"^(?!.*Exception\z)(System(\.\w+)+\[\]|System\.Collections\.[\w.]+(`\d+(\+\w+)?\[.*\])?|System\.Security\.SecureString|System\.Management\.Automation\.\w+|PSBatchExports\.\w+(\[\])?|@\{.*=.*\})\z", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Remains();
}
