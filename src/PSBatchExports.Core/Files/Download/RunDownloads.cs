using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Listing;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Saves runs: the files that they list, and those that they list later, until the lists are complete. With
/// <see cref="SaveOptions.Verify"/>, the files of a run are reported once they are known to have all its rows.
/// </summary>
internal sealed class RunDownloads(Api api, FileListReader lists, SaveOptions options)
{
    public async Task RunAsync(IReadOnlyList<RunSelection> selections, Action<SaveOutcome> onOutcome, CancellationToken cancellationToken)
    {
        var runs = new Dictionary<string, RunDownload>(StringComparer.OrdinalIgnoreCase);
        var due = new List<(Api Api, BatchExportFile File)>();
        foreach (var selection in selections)
        {
            runs.Add(selection.List.RunId, new RunDownload(selection, api, lists, options, onOutcome));
            due.AddRange(WithApi(selection.List, selection.Files ?? selection.List.Files));
        }

        var limits = new FolderLimits();
        do
        {
            await new FileDownloads(options, limits).RunAsync(due, outcome => runs[outcome.RunId].Add(outcome), cancellationToken);
            due.Clear();
            foreach (var run in runs.Values.Where(run => run.IsOpen))
            {
                var found = await run.FindNewAsync(cancellationToken);
                due.AddRange(WithApi(run.List, found));
            }
        }
        while (due.Count > 0);
    }

    private IEnumerable<(Api Api, BatchExportFile File)> WithApi(RunFileList list, IReadOnlyList<BatchExportFile> files)
    {
        var scoped = api.In(list.Scope);
        return files.Select(file => (scoped, file));
    }
}
