using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Api;

/// <summary>Reads timestamps of requests.</summary>
internal static partial class WireInput
{
    public const string TimestampFormats =
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Parses an ISO timestamp or date, as UTC if it has no offset. Null for anything else.</summary>
    public static DateTimeOffset? Timestamp(string text) =>
        Iso().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : null;

    public static bool IsNaive(string text) => IsDateOnly(text) || !Offset().IsMatch(text);

    public static bool IsDateOnly(string text) => Date().IsMatch(text);

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|z|[+-]\d{2}:?\d{2})?)?$", Options, 1000)]
    private static partial Regex Iso();

    [GeneratedRegex(@"(Z|z|[+-]\d{2}:?\d{2})$", Options, 1000)]
    private static partial Regex Offset();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}$", Options, 1000)]
    private static partial Regex Date();
}
