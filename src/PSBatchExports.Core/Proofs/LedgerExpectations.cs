using PSBatchExports.Ledger;

namespace PSBatchExports.Proofs;

/// <summary>The windows that a ledger names, in and below a folder.</summary>
internal sealed class LedgerExpectations
{
    /// <summary>What names the files of these windows.</summary>
    public const string SourceName = "the ledger";

    private readonly string _root;
    private readonly string _folder;
    private readonly BatchExportLedgerEntry[] _entries;
    private readonly HashSet<string> _known;

    /// <param name="path">The full path of the ledger.</param>
    /// <param name="folder">The full path of the folder of interest, which is the ledger's or below it.</param>
    public LedgerExpectations(string path, string folder)
    {
        _root = Path.GetDirectoryName(path)!;
        _folder = folder;
        _entries = [.. LedgerReader.Read(path).Windows];
        _known = new HashSet<string>(_entries.Where(entry => entry.FullName is not null).SelectMany(PathsOf), PathScope.Comparer);
    }

    /// <summary>Whether the ledger names a saved window in or below the folder.</summary>
    public bool NamesFolder => Array.Exists(_entries, entry => IsSelected(entry));

    /// <summary>The windows, by model and time, and then the files that belong to none.</summary>
    public IEnumerable<ExpectedWindow> Windows() => _entries
        .GroupBy(entry => entry.Model, StringComparer.Ordinal)
        .SelectMany(model => WindowsOf([.. model]))
        .Concat(StrayFiles());

    /// <summary>The window that a file belongs to, with that file alone; null if the ledger does not name it.</summary>
    public ExpectedWindow? Find(string file) => _entries
        .Where(entry => entry is { State: LedgerState.Saved, FullName: not null })
        .SelectMany(entry => FilesOf(entry).Select(expected => (entry, expected)))
        .Where(item => PathScope.AreEqual(item.expected.FullName, file))
        .Select(item => Saved(item.entry) with
        {
            FullName = file,
            Files = [item.expected],
            Records = item.expected.Records,
            IsSingleFile = true,
        })
        .FirstOrDefault();

    private IEnumerable<ExpectedWindow> WindowsOf(BatchExportLedgerEntry[] model)
    {
        if (!IsWhole(model))
        {
            foreach (var entry in model.Where(IsSelected))
                yield return Complete(Saved(entry));

            yield break;
        }

        DateTimeOffset? end = null;
        foreach (var entry in model)
        {
            if (end < entry.Start)
                yield return Hole(entry, end.Value);

            var window = entry is { State: LedgerState.Saved, FullName: not null } ? Complete(Saved(entry)) : Unsaved(entry);
            yield return end > entry.Start ? window with { Problems = [.. window.Problems, Overlap(entry, end.Value)] } : window;
            end = end > entry.End ? end : entry.End;
        }
    }

    // Only then is it known which windows should be in the folder.
    private bool IsWhole(BatchExportLedgerEntry[] model)
    {
        if (PathScope.AreEqual(_folder, _root))
            return true;

        var saved = Array.FindAll(model, entry => entry.FullName is not null);
        return saved.Length > 0 && Array.TrueForAll(saved, entry => PathScope.IsBelow(entry.FullName!, _folder));
    }

    private bool IsSelected(BatchExportLedgerEntry entry) =>
        entry is { State: LedgerState.Saved, FullName: { } path } && PathScope.IsWithin(path, _folder);

    private ExpectedWindow Saved(BatchExportLedgerEntry entry) => new()
    {
        FullName = entry.FullName,
        Model = entry.Model,
        Start = entry.Start,
        End = entry.End,
        RunId = entry.RunId,
        Records = entry.Records,
        Source = SourceName,
        Files = FilesOf(entry),
        RowScope = ScopeOf(entry),
    };

    private static ExpectedFile[] FilesOf(BatchExportLedgerEntry entry) =>
    [
        .. entry.Files.Select(file => new ExpectedFile
        {
            FullName = Path.Combine(entry.FullName!, file.Name),
            Length = file.Length,
            Sha256 = file.Sha256,
            ETag = file.ETag,
            Records = file.Records,
        }),
    ];

    private static IEnumerable<string> PathsOf(BatchExportLedgerEntry entry) => FilesOf(entry).Select(file => file.FullName);

    private ExpectedWindow Complete(ExpectedWindow window)
    {
        if (!Directory.Exists(window.FullName))
            return window;

        var extra = FolderContent.FilesBelow(window.FullName).Where(path => !_known.Contains(path));
        var names = extra.Select(path => Path.GetRelativePath(window.FullName, path));
        return window with { Problems = [.. names.Select(name => $"the ledger does not name {name}")] };
    }

    private ExpectedWindow Unsaved(BatchExportLedgerEntry entry)
    {
        var reason = entry.Error is null ? "" : $": {entry.Error}";
        return Saved(entry) with
        {
            FullName = null,
            Files = [],
            Problems = [$"the window {Range(entry.Start, entry.End)} is not saved; its state is {entry.State}{reason}"],
        };
    }

    private ExpectedWindow Hole(BatchExportLedgerEntry next, DateTimeOffset start) => new()
    {
        FullName = null,
        Model = next.Model,
        Start = start,
        End = next.Start,
        Source = SourceName,
        RowScope = ScopeOf(next),
        Problems = [$"the ledger has no window {Range(start, next.Start)}"],
    };

    private static string Overlap(BatchExportLedgerEntry entry, DateTimeOffset end) =>
        $"the window overlaps the one before it {Range(entry.Start, end < entry.End ? end : entry.End)}";

    private static string Range(DateTimeOffset start, DateTimeOffset end) => $"from {new TimeRange(start, end)}";

    private IEnumerable<ExpectedWindow> StrayFiles()
    {
        var folders = _entries.Select(entry => entry.FullName).OfType<string>().ToHashSet(PathScope.Comparer);
        return Below(_folder).Where(path => FolderContent.IsData(path) && !_known.Contains(path)).Select(path => new ExpectedWindow
        {
            FullName = path,
            Source = SourceName,
            Files = [new ExpectedFile { FullName = path }],
            Problems = ["the ledger does not name it"],
            IsSingleFile = true,
        });

        IEnumerable<string> Below(string folder) => folders.Contains(folder)
            ? []
            : FolderContent.FilesIn(folder).Concat(FolderContent.Subfolders(folder).SelectMany(Below));
    }

    private string ScopeOf(BatchExportLedgerEntry entry) => $"{_root}|{entry.Model}";
}
