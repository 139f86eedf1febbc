using PSBatchExports.Files.Disk;
using PSBatchExports.Http;

namespace PSBatchExports.Files.Download;

/// <summary>Saves the files of one call over a shared number of connections. They are started and reported in order.</summary>
internal sealed class FileDownloads(SaveOptions options, SaveNames names, FolderLimits limits)
{
    public async Task RunAsync(
        IReadOnlyList<(Api Api, BatchExportFile File)> files, Action<SaveOutcome> onOutcome, CancellationToken cancellationToken)
    {
        using var own = options.Slots is null ? new SemaphoreSlim(options.Connections, options.Connections) : null;
        var slots = options.Slots ?? own!;
        var downloads = new List<FileDownload>();
        try
        {
            foreach (var (api, file) in files)
                downloads.Add(new FileDownload(api, file, options, names, limits, slots));

            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Connections, CancellationToken = cancellationToken };
            var failures = new Exception?[files.Count];
            if (MayCollide(files))
                await ReserveNamesAsync(downloads, failures, parallel);

            await SaveAllAsync(downloads, failures, new OrderedReports<SaveOutcome>(onOutcome), parallel);
        }
        finally
        {
            foreach (var download in downloads)
                download.Dispose();
        }
    }

    // Two runs over the same interval have files of the same name.
    private bool MayCollide(IReadOnlyList<(Api Api, BatchExportFile File)> files) =>
        !options.GroupByRun && files.Select(item => item.File.RunId).Distinct(StringComparer.OrdinalIgnoreCase).Skip(1).Any();

    private static async Task ReserveNamesAsync(List<FileDownload> downloads, Exception?[] failures, ParallelOptions parallel)
    {
        var paths = new string[downloads.Count];
        await Parallel.ForAsync(0, downloads.Count, parallel, async (index, token) =>
        {
            var download = downloads[index];
            failures[index] = await CatchAsync(download.File, async () => paths[index] = await download.ExpectPathAsync(token));
        });
        for (var index = 0; index < downloads.Count; index++)
        {
            try
            {
                if (failures[index] is null)
                    downloads[index].Reserve(paths[index]);
            }
            catch (FileSaveException collision)
            {
                failures[index] = collision;
            }
        }
    }

    private static Task SaveAllAsync(
        List<FileDownload> downloads, Exception?[] failures, OrderedReports<SaveOutcome> reports, ParallelOptions parallel) =>
        Parallel.ForAsync(0, downloads.Count, parallel, async (index, token) =>
        {
            var download = downloads[index];
            SavedBatchExportFile? saved = null;
            var failure = failures[index] ?? await CatchAsync(download.File, async () => saved = await download.SaveAsync(token));
            reports.Add(index, new SaveOutcome(download.File.RunId, download.File, saved, failure, download.KeptBytes));
        });

    // One file's failure does not stop the others.
    private static async Task<Exception?> CatchAsync(BatchExportFile file, Func<Task> work)
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
}
