namespace PSBatchExports.Proofs;

/// <summary>The windows that a manifest names, in and below a folder.</summary>
/// <param name="manifest">The manifest.</param>
/// <param name="root">The full path of its folder.</param>
/// <param name="folder">The full path of the folder of interest, which is the manifest's or below it.</param>
internal sealed class ManifestExpectations(Manifest manifest, string root, string folder)
{
    /// <summary>Whether the manifest names a file in or below the folder.</summary>
    public bool NamesFolder => AllFiles().Any(file => PathScope.IsBelow(file.FullName, folder));

    /// <summary>The windows by time, and then the files that belong to none.</summary>
    public IEnumerable<ExpectedWindow> Windows()
    {
        DateTimeOffset? end = null;
        foreach (var run in (manifest.Runs ?? []).OrderBy(run => run.Start))
        {
            var window = WindowOf(run);
            if (end > run.Start)
                window = window with { Problems = ["the window overlaps the one before it"] };

            end = end > run.End ? end : run.End ?? end;
            if (PathScope.AreEqual(folder, root) || PathScope.IsWithin(window.FullName!, folder))
                yield return window;
        }

        foreach (var stray in StrayFiles())
            yield return stray;
    }

    /// <summary>The window that a file belongs to, with that file alone; null if the manifest does not name it.</summary>
    public ExpectedWindow? Find(string file) => (manifest.Runs ?? [])
        .Select(WindowOf)
        .SelectMany(window => window.Files.Select(expected => (window, expected)))
        .Where(item => PathScope.AreEqual(item.expected.FullName, file))
        .Select(item => item.window with
        {
            FullName = file,
            Files = [item.expected],
            Records = item.expected.Records,
            IsSingleFile = true,
        })
        .FirstOrDefault();

    private ExpectedWindow WindowOf(ManifestRun run)
    {
        ExpectedFile[] files = [.. (run.Files ?? []).Select(Expect)];
        var folders = files.Select(file => Path.GetDirectoryName(file.FullName)!).Distinct(PathScope.Comparer).ToArray();
        return new ExpectedWindow
        {
            FullName = folders is [var only] ? only : root,
            Model = manifest.Model,
            Start = run.Start?.ToUniversalTime(),
            End = run.End?.ToUniversalTime(),
            RunId = run.RunId,
            Records = run.Records,
            Source = "the manifest",
            Files = files,
            RowScope = $"{root}|{manifest.Model}",
        };
    }

    private ExpectedFile Expect(ManifestFile file) => new()
    {
        FullName = Path.GetFullPath(
            Path.Combine(root, file.Path ?? file.Name ?? throw new FormatException("A file of the manifest has no name."))),
        Length = file.Length,
        Sha256 = file.Sha256,
        ETag = file.Etag,
        Records = file.Records,
    };

    private IEnumerable<ExpectedFile> AllFiles() => (manifest.Runs ?? []).SelectMany(run => run.Files ?? []).Select(Expect);

    private IEnumerable<ExpectedWindow> StrayFiles()
    {
        var known = AllFiles().Select(file => file.FullName).ToHashSet(PathScope.Comparer);
        var unknown = FolderContent.FilesBelow(folder).Where(path => FolderContent.IsData(path) && !known.Contains(path));
        return unknown.Select(path => new ExpectedWindow
        {
            FullName = path,
            Source = "the manifest",
            Files = [new ExpectedFile { FullName = path }],
            Problems = ["the manifest does not name it"],
            IsSingleFile = true,
        });
    }
}
