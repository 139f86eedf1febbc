using System.Globalization;

namespace PSBatchExports;

/// <summary>The service orders a run's files by name as text, in which part 10 comes before part 2 (docs/wire.md, section 14).</summary>
internal static class PartOrder
{
    /// <summary>The service's indexes of so many files, in the order of the files' numbers.</summary>
    public static IEnumerable<int> Indexes(int files) =>
        Enumerable.Range(0, files)
            .Select(number => number.ToString(CultureInfo.InvariantCulture))
            .Order(StringComparer.Ordinal)
            .Select((number, index) => (Number: int.Parse(number, CultureInfo.InvariantCulture), Index: index))
            .OrderBy(part => part.Number)
            .Select(part => part.Index);
}
