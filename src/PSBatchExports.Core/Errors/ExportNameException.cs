
namespace PSBatchExports;

/// <summary>A text is neither an export's id nor the name of exactly one export.</summary>
public sealed class ExportNameException : ArgumentException
{
    private const int MaxNamesShown = 5;

    internal ExportNameException(string name, IReadOnlyList<NamedExport> matches, IReadOnlyList<NamedExport> all)
        : base(matches.Count == 0 ? DescribeNone(name, all) : DescribeSeveral(name, matches)) =>
        (Name, Matches) = (name, matches);

    /// <summary>The text.</summary>
    public string Name { get; }

    /// <summary>The exports of that name: none, or at least two.</summary>
    public IReadOnlyList<NamedExport> Matches { get; }

    private static string DescribeNone(string name, IReadOnlyList<NamedExport> all)
    {
        var head = $"No batch export has the name '{DisplayText.Clean(name)}', and it is no id.";
        var names = all.Select(export => DisplayText.Clean(export.Name)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(other => IsAlike(other, name))
            .ThenBy(other => other, StringComparer.OrdinalIgnoreCase)
            .ToArray();
        var more = names.Length > MaxNamesShown ? FormattableString.Invariant($" and {names.Length - MaxNamesShown} more") : "";
        return names.Length == 0
            ? $"{head} There are none here."
            : $"{head} There are: {string.Join(", ", names.Take(MaxNamesShown))}{more}.";
    }

    private static string DescribeSeveral(string name, IReadOnlyList<NamedExport> matches) =>
        FormattableString.Invariant($"{matches.Count} batch exports have the name '{DisplayText.Clean(name)}'. Give the id of one: ")
        + $"{string.Join("; ", matches.Select(Describe))}.";

    private static string Describe(NamedExport export) =>
        $"{export.Id} ({DisplayText.Clean(export.Destination)}, {DisplayText.Clean(export.Interval)})";

    private static bool IsAlike(string other, string name) =>
        other.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(other, StringComparison.OrdinalIgnoreCase);
}
