using PSBatchExports.Files.Listing;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>One run of a call: which of its files have been saved, and whether they are all.</summary>
internal sealed class RunDownload
{
    private readonly Api _api;
    private readonly FileListReader _lists;
    private readonly SaveOptions _options;
    private readonly Action<SaveOutcome> _onOutcome;
    private readonly List<SavedBatchExportFile> _saved = [];
    private readonly List<SaveOutcome> _pending = [];
    private bool _holdsOutcomes;
    private DateTimeOffset? _firstCheckAt;

    public RunDownload(RunSelection selection, Api api, FileListReader lists, SaveOptions options, Action<SaveOutcome> onOutcome)
    {
        (List, _api, _lists, _options, _onOutcome) = (selection.List, api, lists, options, onOutcome);
        IsOpen = selection.Files is null;
        _holdsOutcomes = IsOpen && options.Verify && List.Run.RecordsCompleted is not null;
    }

    public RunFileList List { get; private set; }

    /// <summary>Whether all files are to be saved and the run may still list more.</summary>
    public bool IsOpen { get; private set; }

    private long? SavedRows => _saved.TrueForAll(file => file.Records is not null) ? _saved.Sum(file => file.Records) : null;

    /// <summary>Adds the outcome of a file. It is reported at once unless the rows of all files are to be compared first.</summary>
    public void Add(SaveOutcome outcome)
    {
        if (outcome.Saved is { } saved)
            _saved.Add(saved);
        else
            IsOpen = false;

        _pending.Add(outcome);
        if (!_holdsOutcomes || !IsOpen)
            ReportPending();
        else if (_saved.Count == List.Files.Count && SavedRows == List.Run.RecordsCompleted)
            ReportPending(areRowsProven: true);
    }

    /// <summary>Reads the list again. If it has not grown, the run is done.</summary>
    /// <returns>The listed files that have not been saved yet.</returns>
    public async Task<IReadOnlyList<BatchExportFile>> FindNewAsync(CancellationToken cancellationToken)
    {
        _firstCheckAt ??= _api.Time.GetUtcNow();
        try
        {
            List = await _lists.CheckAsync(List, _saved, _firstCheckAt.Value, () => _options.OnListWait?.Invoke(List), cancellationToken);
        }
        catch (Exception failure) when (failure is BatchExportException or FileListGrowingException or RunNotReadyException)
        {
            ReportPending();
            ReportRun(failure);
            return [];
        }

        if (!List.IsSettled)
            return [.. List.Files.Where(file => !_saved.Exists(saved => saved.FileId == file.FileId))];

        Conclude();
        return [];
    }

    private void Conclude()
    {
        if (List.Files.Count == 0)
            ReportRun(failure: null);
        else if (_holdsOutcomes && SavedRows is { } rows)
            RejectFiles(rows);
        else if (!_options.Verify && ListCompleteness.LacksRows(List, _saved))
            ReportRun(new FileListGrowingException(List.Run));

        if (_options.Verify && List.Files.Count > 0 && ReasonRowsAreNotCompared() is { } reason)
            _api.Observer.OnWarning($"The rows of run {List.RunId} were not compared with what it exported: {reason}.");

        ReportPending();
        IsOpen = false;
    }

    private string? ReasonRowsAreNotCompared()
    {
        if (List.Run.RecordsCompleted is null)
            return "the service does not say how many there are";

        return _saved.Find(file => file.Records is null) is { } uncounted ? $"those of '{uncounted.Name}' cannot be counted" : null;
    }

    private void RejectFiles(long rows)
    {
        _pending.Clear();
        ReportRun(RejectedFiles.Rename(_options.Disk, List.Run, _saved, rows));
    }

    private void ReportRun(Exception? failure)
    {
        IsOpen = false;
        _onOutcome(new SaveOutcome(List.RunId, File: null, Saved: null, failure));
    }

    private void ReportPending(bool areRowsProven = false)
    {
        foreach (var outcome in _pending)
            _onOutcome(areRowsProven ? WithProvenRows(outcome) : outcome);

        _pending.Clear();
        _holdsOutcomes = false;
    }

    private static SaveOutcome WithProvenRows(SaveOutcome outcome) => outcome.Saved is { Proof: < FileProof.Rows } saved
        ? outcome with { Saved = saved with { Proof = FileProof.Rows } }
        : outcome;
}
