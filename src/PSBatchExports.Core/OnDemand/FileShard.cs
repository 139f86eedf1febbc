using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports;

/// <summary>
/// One of several equal shares of a run's files, such as the second of eight. Each file is in exactly one of them, so that as many machines
/// can save a run without talking to each other.
/// </summary>
public sealed partial record FileShard
{
    private FileShard(int number, int count) => (Number, Count) = (number, count);

    /// <summary>The number of the shard, from 1.</summary>
    public int Number { get; }

    /// <summary>The number of shards.</summary>
    public int Count { get; }

    /// <summary>Parses "2/8"; null for any other text.</summary>
    /// <param name="text">The text.</param>
    public static FileShard? TryParse(string? text)
    {
        if (Pattern().Match(text ?? "") is not { Success: true } match)
            return null;

        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        var count = int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture);
        return number <= count ? new FileShard(number, count) : null;
    }

    /// <summary>Selects the files of this shard.</summary>
    /// <param name="files">All files of the run, in the order of their numbers.</param>
    public IReadOnlyList<BatchExportFile> Pick(IReadOnlyList<BatchExportFile> files)
    {
        var (first, step) = (Number - 1, Count);
        return [.. files.Where((_, position) => position % step == first)];
    }

    /// <summary>"2/8".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    [GeneratedRegex(
        @"^\s*(?<number>[1-9]\d{0,5})\s*/\s*(?<count>[1-9]\d{0,5})\s*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
