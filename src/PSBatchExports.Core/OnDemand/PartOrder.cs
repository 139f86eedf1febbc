using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.OnDemand;

/// <summary>The numbers of a run's files. The service orders them by name as text, in which part 10 comes before part 2 (docs/wire.md, section 14).</summary>
internal static partial class PartOrder
{
    /// <summary>The service's indexes of so many files, in the order of the files' numbers.</summary>
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

    /// <summary>The index that a text is; null where it is something else.</summary>
    public static int? Index(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>The number at the end of a file's name; null where it has none.</summary>
    public static int? Number(string name) => NumberAtEnd().Match(name) is { Success: true } match ? Index(match.Groups["number"].Value) : null;

    // Dates end in two digits, so a number never begins with a needless zero.
    [GeneratedRegex(@"-(?<number>0|[1-9]\d{0,8})\.(parquet|jsonl)(\.\w+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NumberAtEnd();
}
