using PSBatchExports.Files.Disk;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Files.Download;

/// <summary>The files of one call: begun in their order, over a common number of connections, and handed out in their order.</summary>
internal sealed class FileDownloads(SaveOptions options, FolderLimits limits)
{
    public async Task RunAsync(IReadOnlyList<(Api Api, BatchExportFile File)> files, Action<SaveOutcome> handOut, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(options.Connections, options.Connections);
        var names = options.Names ?? new SaveNames();
        var outcomes = new InOrder<SaveOutcome>(handOut);
        var downloads = files.Select((item, place) => (Place: place, Download: new FileDownload(item.Api, item.File, options, names, limits, slots))).ToArray();
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Connections, CancellationToken = cancellationToken };
            var failures = new Exception?[files.Count];
            if (!options.GroupByRun && files.Select(item => item.File.RunId).Distinct(StringComparer.Ordinal).Skip(1).Any())
            {
                await Parallel.ForEachAsync(downloads, parallel, async (item, token) => failures[item.Place] = await FailureOfAsync(item.Download.File, () => item.Download.LearnNameAsync(token)));
                foreach (var (place, download) in downloads)
                    failures[place] ??= await FailureOfAsync(download.File, () => download.ClaimNameAsync(cancellationToken));
            }

            await Parallel.ForEachAsync(downloads, parallel, async (item, token) =>
            {
                SavedBatchExportFile? saved = null;
                var failure = failures[item.Place] ?? await FailureOfAsync(item.Download.File, async () => saved = await item.Download.SaveAsync(token));
                var file = item.Download.File;
                outcomes.Add(item.Place, new SaveOutcome(file.RunId, file, saved, failure, item.Download.KeptBytes));
            });
        }
        finally
        {
            foreach (var (_, download) in downloads)
                download.Dispose();
        }
    }

    // Whatever is wrong with one file, the others are saved.
    private static async Task<Exception?> FailureOfAsync(BatchExportFile file, Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception failure) when (failure is BatchExportException or FileSaveException or PlainHttpException)
        {
            return failure;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new FileSaveException($"{file} could not be saved: {failure.Message}", file.FileId, FileSaveFailure.Other, failure);
        }
    }

    /// <summary>Holds back what comes before its turn.</summary>
    private sealed class InOrder<T>(Action<T> handOut)
    {
        private readonly Dictionary<int, T> _early = [];
        private int _next;

        public void Add(int place, T item)
        {
            lock (_early)
            {
                _early.Add(place, item);
                while (_early.Remove(_next, out var due))
                {
                    handOut(due);
                    _next++;
                }
            }
        }
    }
}
