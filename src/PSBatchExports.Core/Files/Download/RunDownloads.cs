using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Listing;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

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
        var limits = new FolderLimits();
        var due = new List<(Api Api, BatchExportFile File)>();
        foreach (var selection in selections)
            Add(due, selection.List, selection.Files ?? selection.List.Files);

        do
        {
            await new FileDownloads(options, limits).RunAsync(due, outcome => runs[outcome.RunId].Take(outcome), cancellationToken);
            due.Clear();
            foreach (var run in runs.Values.Where(run => run.IsOpen))
                Add(due, run.List, await run.FindNewAsync(cancellationToken));
        }
        while (due.Count > 0);
    }

    private void Add(List<(Api Api, BatchExportFile File)> due, RunFileList list, IReadOnlyList<BatchExportFile> files)
    {
        foreach (var file in files)
            due.Add((api.In(list.Scope), file));
    }
}
