using System.Runtime.CompilerServices;
using PSBatchExports.Ledger;
using PSBatchExports.Proofs;

namespace PSBatchExports;

/// <summary>What is to be proven: the windows and files of several paths, each once.</summary>
public sealed class ProofPlan
{
    // More than two would wait for the processor: reading, decompressing and hashing take turns.
    private const int MaxConcurrent = 2;

    private const int MaxAncestors = 3;

    private readonly List<(ExpectedWindow Window, BatchExportRun? Run)> _windows = [];
    private readonly HashSet<string> _keys = new(PathScope.Comparer);
    private readonly HashSet<string> _files = new(PathScope.Comparer);

    /// <summary>Adds a file, or a folder with the windows in and below it. What was added before is not added again.</summary>
    /// <param name="path">The full path of an existing file or folder; of a ledger or manifest for its whole folder.</param>
    /// <param name="run">What the service says of the run to prove; null to prove all.</param>
    /// <returns>Whether the path has anything to prove.</returns>
    /// <exception cref="FormatException">A ledger or manifest is damaged, or of a newer version.</exception>
    /// <exception cref="IOException">A folder, ledger or manifest cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder, ledger or manifest may not be read.</exception>
    public bool Add(string path, BatchExportRun? run = null)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var isFound = false;
        foreach (var window in Directory.Exists(full) ? OfFolder(full, run) : OfFile(full))
        {
            if (run is not null && window.RunId is { } id && !id.Equals(run.RunId, StringComparison.OrdinalIgnoreCase))
                continue;

            isFound = true;
            var isCovered = window.IsSingleFile && _files.Contains(window.FullName!);
            if (isCovered || !_keys.Add(window.Key))
                continue;

            _windows.Add((window, run));
            _files.UnionWith(window.Files.Select(file => file.FullName));
        }

        return isFound;
    }

    /// <summary>Proves everything, two windows at a time, and returns the proofs in order; for the level Rows after all was read.</summary>
    /// <param name="options">The level, and what to call.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileSaveException">The temporary file that the level Rows needs cannot be written.</exception>
    public async IAsyncEnumerable<BatchExportFileProof> ProveAsync(
        ProofOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var store = options.Level == ProofLevel.Rows ? new RowKeyStore(folder: options.TemporaryFolder) : null;
        var scopes = new RowScopes([.. _windows.Select(item => item.Window)]);
        var prover = new FileProver(OnRead(options));
        var all = new List<WindowFindings>();
        await foreach (var findings in FindAsync(prover, store, scopes, cancellationToken))
        {
            if (store is null)
                yield return findings.ToProof(options.Level);
            else
                all.Add(findings);
        }

        if (store is null)
            yield break;

        var duplicates = new DuplicateRows(all, scopes.Of);
        await Task.Run(() => store.FindDuplicates(duplicates.Add, cancellationToken), cancellationToken);
        duplicates.Report();
        foreach (var findings in all)
            yield return findings.ToProof(options.Level);
    }

    private async IAsyncEnumerable<WindowFindings> FindAsync(
        FileProver prover, RowKeyStore? store, RowScopes scopes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = new Queue<Task<WindowFindings>>();
        var next = 0;
        try
        {
            while (true)
            {
                for (; started.Count < MaxConcurrent && next < _windows.Count; next++)
                {
                    var number = next;
                    started.Enqueue(Task.Run(() => Find(prover, store, scopes, number, stop.Token), stop.Token));
                }

                if (started.Count == 0)
                    yield break;

                yield return await started.Dequeue();
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var work in started)
                await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private WindowFindings Find(
        FileProver prover, RowKeyStore? store, RowScopes scopes, int number, CancellationToken cancellationToken)
    {
        var (window, run) = _windows[number];
        var keys = store is null ? null : new RowKeyCollector(store, RowKeyRule.Of(window.Model), scopes.Of(number), number);
        var files = window.Files.Select(file => prover.Prove(file, keys, cancellationToken)).ToArray();
        keys?.Flush();
        return new WindowFindings(window, run, files, keys);
    }

    private Action<int> OnRead(ProofOptions options)
    {
        if (options.OnProgress is not { } onProgress)
            return _ => { };

        var (bytes, length) = (0L, _windows.Sum(item => item.Window.LengthOnDisk));
        return count => onProgress(new ProofProgress(Interlocked.Add(ref bytes, count), length));
    }

    private static IEnumerable<ExpectedWindow> OfFolder(string folder, BatchExportRun? run)
    {
        foreach (var ancestor in Ancestors(folder))
        {
            var isOwn = PathScope.AreEqual(ancestor, folder);
            if (LedgerOf(ancestor, folder) is { } ledger && (isOwn || ledger.NamesFolder))
                return ledger.Windows();

            if (ManifestOf(ancestor, folder) is { } manifest && (isOwn || manifest.NamesFolder))
                return manifest.Windows();
        }

        return run is null ? Unnamed(folder, folder) : [OfRun(folder, run)];
    }

    private static IEnumerable<ExpectedWindow> OfFile(string file)
    {
        var (folder, name) = (Path.GetDirectoryName(file)!, Path.GetFileName(file));
        if (name == LedgerReader.FileName)
            return new LedgerExpectations(file, folder).Windows();

        if (name == ManifestReader.FileName && ManifestOf(folder, folder) is { } own)
            return own.Windows();

        foreach (var ancestor in Ancestors(folder))
        {
            if ((LedgerOf(ancestor, folder)?.Find(file) ?? ManifestOf(ancestor, folder)?.Find(file)) is { } window)
                return [window];
        }

        return [UnnamedFile(file, scope: file)];
    }

    // The folder itself, and up to three above it.
    private static IEnumerable<string> Ancestors(string folder)
    {
        string? ancestor = folder;
        for (var level = 0; ancestor is not null && level <= MaxAncestors; level++)
        {
            yield return ancestor;
            ancestor = Path.GetDirectoryName(ancestor);
        }
    }

    private static LedgerExpectations? LedgerOf(string root, string folder)
    {
        var path = Path.Combine(root, LedgerReader.FileName);
        return File.Exists(path) ? new LedgerExpectations(path, folder) : null;
    }

    private static ManifestExpectations? ManifestOf(string root, string folder)
    {
        var path = Path.Combine(root, ManifestReader.FileName);
        return File.Exists(path) && ManifestReader.Read(path) is { } manifest ? new ManifestExpectations(manifest, root, folder) : null;
    }

    private static ExpectedWindow OfRun(string folder, BatchExportRun run) => new()
    {
        FullName = folder,
        RunId = run.RunId,
        Start = run.DataIntervalStart?.ToUniversalTime(),
        End = run.DataIntervalEnd?.ToUniversalTime(),
        Files = [.. FolderContent.FilesBelow(folder).Where(FolderContent.IsData).Select(path => new ExpectedFile { FullName = path })],
        RowScope = folder,
    };

    // A folder below may have a ledger or manifest of its own.
    private static IEnumerable<ExpectedWindow> Unnamed(string folder, string top)
    {
        foreach (var path in FolderContent.FilesIn(folder).Where(FolderContent.IsData))
            yield return UnnamedFile(path, scope: top);

        foreach (var subfolder in FolderContent.Subfolders(folder))
        {
            var named = LedgerOf(subfolder, subfolder)?.Windows() ?? ManifestOf(subfolder, subfolder)?.Windows();
            foreach (var window in named ?? Unnamed(subfolder, top))
                yield return window;
        }
    }

    private static ExpectedWindow UnnamedFile(string file, string scope) => new()
    {
        FullName = file,
        Files = [new ExpectedFile { FullName = file }],
        RowScope = scope,
        IsSingleFile = true,
    };
}
