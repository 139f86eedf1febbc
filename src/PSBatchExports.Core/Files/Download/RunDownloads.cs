namespace PSBatchExports;

/// <summary>
/// Saves runs: the files that they list, and those that they list only later, until the list is whole. With <see cref="SaveOptions.Verify"/>, the files
/// of a run are handed out when it is known that they have all its rows.
/// </summary>
internal sealed class RunDownloads(Api api, FileListReader lists, SaveOptions options)
{
    public async Task RunAsync(IReadOnlyList<RunSelection> selections, Action<SaveOutcome> handOut, CancellationToken cancellationToken)
    {
        var runs = selections.ToDictionary(
            selection => selection.List.RunId,
            selection => new RunDownload(selection, api, lists, options, handOut),
            StringComparer.OrdinalIgnoreCase);
        var due = selections.SelectMany(selection => FilesOf(selection.List, selection.Files ?? selection.List.Files)).ToList();
        do
        {
            await new FileDownloads(api, options).RunAsync(due, outcome => runs[outcome.RunId].Take(outcome), cancellationToken);
            due.Clear();
            foreach (var run in runs.Values.Where(run => run.IsOpen))
                due.AddRange(FilesOf(run.List, await run.FindNewAsync(cancellationToken)));
        }
        while (due.Count > 0);
    }

    private static IEnumerable<(ApiScope Scope, BatchExportFile File)> FilesOf(RunFileList list, IEnumerable<BatchExportFile> files) =>
        files.Select(file => (list.Scope, file));
}
