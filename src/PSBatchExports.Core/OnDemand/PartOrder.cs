using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.OnDemand;

/// <summary>
/// The order of a run's files. The service sorts them by name, so that part 10 comes before part 2 (docs/wire.md, section 14).
/// </summary>
internal static partial class PartOrder
{
    /// <summary>The service's index of each file, by the file's number.</summary>
    public static int[] Indexes(int files)
    {
        var names = new string[files];
        for (var number = 0; number < files; number++)
            names[number] = number.ToString(CultureInfo.InvariantCulture);

        Array.Sort(names, StringComparer.Ordinal);
        var indexes = new int[files];
        for (var index = 0; index < files; index++)
            indexes[int.Parse(names[index], CultureInfo.InvariantCulture)] = index;

        return indexes;
    }

    /// <summary>Parses an index; null for any other text.</summary>
    public static int? Index(string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>The number at the end of a file name; null if it has none.</summary>
    public static int? Number(string name) =>
        NumberAtEnd().Match(name) is { Success: true } match ? Index(match.Groups["number"].Value) : null;

    // No leading zeros: the name may end in a date.
    [GeneratedRegex(
        @"-(?<number>0|[1-9]\d{0,8})\.(parquet|jsonl)(\.\w+)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberAtEnd();
}
