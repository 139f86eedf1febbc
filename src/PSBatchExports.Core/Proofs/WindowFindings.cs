namespace PSBatchExports.Proofs;

/// <summary>What was found out about the files of a window, and what follows from it.</summary>
/// <param name="window">The window.</param>
/// <param name="run">What the service says of its run; null if it was not asked.</param>
/// <param name="files">What was found out about each file.</param>
/// <param name="keys">The keys of the rows; null if they were not needed.</param>
internal sealed class WindowFindings(
    ExpectedWindow window, BatchExportRun? run, IReadOnlyList<FileFindings> files, RowKeyCollector? keys)
{
    private const string NotComparable = "not comparable: ";

    private readonly List<string> _duplicates = [];

    public ExpectedWindow Window => window;

    /// <summary>Adds rows that are there more than once, as a clause.</summary>
    public void AddDuplicates(string text) => _duplicates.Add(text);

    public BatchExportFileProof ToProof(ProofLevel requested)
    {
        var (problems, limits) = (new List<string>(), new List<string>());
        var level = Reach(requested, problems, limits);
        return new BatchExportFileProof
        {
            FullName = window.FullName,
            Model = window.Model,
            Start = window.Start,
            End = window.End,
            RunId = window.RunId ?? run?.RunId,
            Level = level,
            RecordsFound = Found(),
            RecordsExpected = Expected(),
            Complete = problems.Count > 0 ? false : level >= requested ? true : null,
            Problem = [.. problems.Concat(limits.Select(limit => NotComparable + limit)).Select(text => DisplayText.OneLine(text))],
        };
    }

    private ProofLevel? Reach(ProofLevel requested, List<string> problems, List<string> limits)
    {
        problems.AddRange(FileProblems());
        var isListed = window.Source is not null;
        if (!isListed && run is null)
            limits.Add("neither a ledger nor a manifest names it");

        ProofLevel? level = problems.Count == 0 && isListed ? ProofLevel.Files : null;
        if (requested == ProofLevel.Files)
            return level;

        var areFilesWhole = problems.Count == 0;
        problems.AddRange(CountProblems());
        limits.AddRange(CountLimits());
        var areCountsProven = areFilesWhole && problems.Count == 0 && Found() is not null && Expected() is not null;
        if (areCountsProven)
            level = ProofLevel.Counts;

        if (requested == ProofLevel.Counts)
            return level;

        problems.AddRange(RowProblems());
        var rowLimits = RowLimits().ToArray();
        limits.AddRange(rowLimits);
        return areCountsProven && problems.Count == 0 && rowLimits.Length == 0 ? ProofLevel.Rows : level;
    }

    private IEnumerable<string> FileProblems()
    {
        foreach (var problem in window.Problems)
            yield return problem;

        foreach (var (file, found) in window.Files.Zip(files))
        {
            foreach (var damage in found.Damage)
                yield return window.IsSingleFile ? damage : $"{file.Name}: {damage}";
        }

        if (run is { IsFinished: false } or { IsFailed: true })
            yield return $"the status of the run is {run.Status}";

        if (!window.IsSingleFile && run?.Files is { } listed && listed.Count != window.Files.Count)
        {
            yield return FormattableString.Invariant(
                $"the service lists {Count(listed.Count, "file")} of the run, and {window.Files.Count} belong to it here");
        }
    }

    private IEnumerable<string> CountProblems()
    {
        foreach (var (file, found) in window.Files.Zip(files))
        {
            if (found.Rows is { } rows && file.Records is { } records && rows != records)
                yield return FormattableString.Invariant($"{file.Name} has {Count(rows, "row")} instead of {records}");
        }

        if (ServiceRecords() is { } service && window.Records is { } recorded && service != recorded)
        {
            yield return FormattableString.Invariant(
                $"the service says that it exported {Count(service, "row")}, and {window.Source} says {recorded}");
        }

        if (Found() is { } all && Expected() is { } expected && all != expected)
            yield return FormattableString.Invariant($"there are {Count(all, "row")} instead of {expected}");
    }

    private IEnumerable<string> CountLimits()
    {
        foreach (var (file, found) in window.Files.Zip(files))
        {
            if (found.CountLimit is { } limit)
                yield return $"{file.Name}: {limit}";
        }

        var isSaved = window.FullName is not null;
        if (isSaved && Expected() is null)
            yield return "nothing says how many rows there should be";
    }

    private IEnumerable<string> RowProblems()
    {
        foreach (var (file, found) in window.Files.Zip(files))
        {
            if (found.RowDamage is { } damage)
                yield return $"{file.Name}: {damage}";
        }

        if (keys is { Missing: > 0, Found: var withKey, Rule: var rule } && (rule.IsRequired || withKey > 0))
            yield return FormattableString.Invariant($"{Count(keys.Missing, "row")} without {rule.Column}");

        foreach (var duplicate in _duplicates)
            yield return duplicate;
    }

    private IEnumerable<string> RowLimits()
    {
        var hint = keys is not null && files.Any(found => found.IsParquet) ? $"; DuckDB can: {DuplicateQuery.Of(window, keys.Rule)}" : "";
        foreach (var limit in files.Select(found => found.RowLimit).OfType<string>().Distinct(StringComparer.Ordinal))
            yield return limit.EndsWith("cannot be read here", StringComparison.Ordinal) ? limit + hint : limit;

        if (keys is { Missing: > 0, Found: 0, Rule: { IsRequired: false, Column: var column } })
            yield return $"the rows have no {column}";
    }

    private long? Found() => window.FullName is null || files.Any(file => file.Rows is null) ? null : files.Sum(file => file.Rows);

    private long? Expected() => ServiceRecords() ?? window.Records ?? RecordsOfFiles();

    // The service has no number for one of several files.
    private long? ServiceRecords() => window.IsSingleFile && run?.Files is not { Count: 1 } ? null : run?.RecordsCompleted;

    private long? RecordsOfFiles() => window.FullName is null || window.Source is null || window.Files.Any(file => file.Records is null)
        ? null
        : window.Files.Sum(file => file.Records);

    private static string Count(long count, string noun) => FormattableString.Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");
}
