namespace PSBatchExports;

/// <summary>
/// Compares the rows of a run's files with the number that the service says it exported. The files are held back until all of them are there,
/// so that no part of a run is handed out as saved when the rest does not fit.
/// </summary>
internal sealed class RunRows
{
    private const string UnprovenSuffix = ".unproven";

    private readonly SaveOptions _options;
    private readonly IRequestObserver _observer;
    private readonly Dictionary<string, Run> _runs;

    public RunRows(IEnumerable<BatchExportFile> files, SaveOptions options, IRequestObserver observer)
    {
        (_options, _observer) = (options, observer);
        _runs = options.Verify
            ? files.GroupBy(file => file.RunId, StringComparer.Ordinal)
                .Where(run => run.Count() == run.First().RunFiles)
                .ToDictionary(run => run.Key, run => new Run(run.Count(), run.First().RunRecords), StringComparer.Ordinal)
            : [];
    }

    /// <returns>The outcomes, by the places of their files, that may be handed out now. Several files may have come to one outcome, or to none.</returns>
    public IReadOnlyList<(int Place, SaveOutcome? Outcome)> Add(int place, SaveOutcome outcome)
    {
        if (!_runs.TryGetValue(outcome.File.RunId, out var run))
            return [(place, outcome)];

        lock (run)
        {
            run.Outcomes.Add((place, outcome));
            return run.Outcomes.Count < run.Files ? [] : Decide(outcome.File.RunId, run);
        }
    }

    private IReadOnlyList<(int Place, SaveOutcome? Outcome)> Decide(string runId, Run run)
    {
        var saved = run.Outcomes.Select(item => item.Outcome!.Saved).OfType<SavedBatchExportFile>().ToArray();
        if (saved.Length < run.Files)
            return run.Outcomes;

        if (WhyNotComparable(run, saved) is { } reason)
        {
            _observer.OnWarning($"The rows of run {runId} were not compared with what it exported: {reason}.");
            return run.Outcomes;
        }

        var rows = saved.Sum(file => file.Records!.Value);
        if (rows == run.Records)
            return run.Outcomes.ConvertAll(item => (item.Place, (SaveOutcome?)(item.Outcome! with { Saved = WithRowsProven(item.Outcome.Saved!) })));

        var first = run.Outcomes.MinBy(item => item.Place);
        var failure = new SaveOutcome(first.Outcome!.File, Saved: null, Differ(runId, run, rows, saved));
        return run.Outcomes.ConvertAll(item => (item.Place, item.Place == first.Place ? failure : null));
    }

    private static string? WhyNotComparable(Run run, SavedBatchExportFile[] saved)
    {
        if (run.Records is null)
            return "the service does not say how many rows there are";

        return Array.Find(saved, file => file.Records is null) is { } uncounted ? $"those of '{uncounted.Name}' cannot be counted" : null;
    }

    private static SavedBatchExportFile WithRowsProven(SavedBatchExportFile file) =>
        file.Proof < FileProof.Rows ? file with { Proof = FileProof.Rows } : file;

    private FileSaveException Differ(string runId, Run run, long rows, SavedBatchExportFile[] saved)
    {
        var withdrawn = saved.Count(file => !file.WasPresent && TryWithdraw(file.Path));
        var kept = saved.Length - withdrawn;
        var files = saved.Length == 1 ? "its file holds" : $"its {saved.Length} files hold";
        var what = kept == 0
            ? $"What was saved now ends in '{UnprovenSuffix}'."
            : $"{withdrawn} of them now end in '{UnprovenSuffix}'; {kept} kept the name.";
        return new FileSaveException(
            $"Run {runId} exported {run.Records} rows, but {files} {rows}. {what}",
            saved[0].Path,
            FileSaveFailure.RowsDiffer);
    }

    private bool TryWithdraw(string path)
    {
        try
        {
            if (_options.Disk.OpenExclusive(path, create: false, _ => { }) is not { } file)
                return false;

            using (file)
                _options.Disk.Rename(path, file, path + UnprovenSuffix, overwrite: true);

            return true;
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return false;
        }
    }

    private sealed class Run(int files, long? records)
    {
        public int Files => files;

        public long? Records => records;

        public List<(int Place, SaveOutcome? Outcome)> Outcomes { get; } = [];
    }
}
