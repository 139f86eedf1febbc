using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Listing;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>One run of a call: which of its files are saved, and whether these are all.</summary>
internal sealed class RunDownload
{
    private const string UnprovenSuffix = ".unproven";

    private readonly Api _api;
    private readonly FileListReader _lists;
    private readonly SaveOptions _options;
    private readonly Action<SaveOutcome> _handOut;
    private readonly List<SavedBatchExportFile> _saved = [];
    private readonly List<SaveOutcome> _held = [];
    private bool _holdsBack;
    private DateTimeOffset? _checkedSince;

    public RunDownload(RunSelection selection, Api api, FileListReader lists, SaveOptions options, Action<SaveOutcome> handOut)
    {
        (List, _api, _lists, _options, _handOut) = (selection.List, api, lists, options, handOut);
        IsOpen = selection.Files is null;
        _holdsBack = IsOpen && options.Verify && List.Run.RecordsCompleted is not null;
    }

    public RunFileList List { get; private set; }

    /// <summary>Whether the run may list more files, all of which are to be saved.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Takes what became of a file.</summary>
    public void Take(SaveOutcome outcome)
    {
        if (outcome.Saved is { } saved)
            _saved.Add(saved);
        else
            IsOpen = false;

        _held.Add(outcome);
        if (!_holdsBack || !IsOpen)
            Release();
        else if (_saved.Count == List.Files.Count && Rows == List.Run.RecordsCompleted)
            Release(areRowsProven: true);
    }

    /// <summary>Looks whether the run lists more files. If not, the run is done.</summary>
    /// <returns>The files that it lists beside those that were saved.</returns>
    public async Task<IReadOnlyList<BatchExportFile>> FindNewAsync(CancellationToken cancellationToken)
    {
        _checkedSince ??= _api.Time.GetUtcNow();
        try
        {
            List = await _lists.CheckAsync(List, _saved, _checkedSince.Value, () => _options.OnListWait?.Invoke(List), cancellationToken);
        }
        catch (Exception failure) when (failure is BatchExportException or FileListGrowingException or RunNotReadyException)
        {
            Release();
            Finish(failure);
            return [];
        }

        if (!List.IsSettled)
            return [.. List.Files.Where(file => !_saved.Exists(saved => saved.FileId == file.FileId))];

        Decide();
        return [];
    }

    private long? Rows => _saved.TrueForAll(file => file.Records is not null) ? _saved.Sum(file => file.Records) : null;

    private void Decide()
    {
        if (List.Files.Count == 0)
            Finish(failure: null);
        else if (_holdsBack && Rows is not null)
            Finish(Withdraw());
        else if (!_options.Verify && FileListReader.LacksRows(List, _saved))
            Finish(new FileListGrowingException(List.Run));

        if (_options.Verify && List.Files.Count > 0 && WhyNotCompared() is { } reason)
            _api.Observer.OnWarning($"The rows of run {List.RunId} were not compared with what it exported: {reason}.");

        Release();
        IsOpen = false;
    }

    private string? WhyNotCompared()
    {
        if (List.Run.RecordsCompleted is null)
            return "the service does not say how many there are";

        return _saved.Find(file => file.Records is null) is { } uncounted ? $"those of '{uncounted.Name}' cannot be counted" : null;
    }

    private void Finish(Exception? failure)
    {
        IsOpen = false;
        _handOut(new SaveOutcome(List.RunId, File: null, Saved: null, failure));
    }

    private void Release(bool areRowsProven = false)
    {
        foreach (var outcome in _held)
        {
            _handOut(areRowsProven && outcome.Saved is { Proof: < FileProof.Rows } saved
                ? outcome with { Saved = saved with { Proof = FileProof.Rows } }
                : outcome);
        }

        _held.Clear();
        _holdsBack = false;
    }

    // So that nothing takes a part of a run for all of it.
    private FileSaveException Withdraw()
    {
        var kept = _saved.Where(file => file.WasPresent || !TryWithdraw(file.FullName)).ToArray();
        _held.Clear();
        var holder = _saved.Count == 1 ? "its file holds" : $"its {_saved.Count} files hold";
        var end = kept.Length == 0 ? $"They were renamed: their names now end in '{UnprovenSuffix}'."
            : kept.Length == _saved.Count ? "They keep their names, because they were there before."
            : $"Those that were fetched now were renamed: their names end in '{UnprovenSuffix}'. Those that were there before keep theirs.";
        if (_saved.Count == 1)
            end = kept.Length == 0 ? $"It was renamed: its name now ends in '{UnprovenSuffix}'." : "It keeps its name, because it was there before.";

        return new FileSaveException(
            $"Run {List.RunId} exported {List.Run.RecordsCompleted} rows, but {holder} {Rows}. {end}", _saved[0].FullName, FileSaveFailure.RowsDiffer);
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
        catch (SequentialOnlyException)
        {
            return TryMove(path);
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return false;
        }
    }

    private bool TryMove(string path)
    {
        try
        {
            _options.Disk.Move(path, path + UnprovenSuffix);
            return true;
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return false;
        }
    }
}
