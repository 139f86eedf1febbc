using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Listing;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.OnDemand;

namespace PSBatchExports;

/// <summary>The files of on-demand runs (docs/wire.md, section 14).</summary>
public sealed class FilesClient
{
    private readonly Api _api;
    private readonly OnDemandRunsClient _runs;

    internal FilesClient(Api api, OnDemandRunsClient runs, KnownRuns known)
    {
        _api = api;
        _runs = runs;
        Lists = new FileListReader(api, runs, known);
    }

    internal FileListReader Lists { get; }

    /// <summary>
    /// Lists the files that a completed run has at the moment, in the order of their numbers. More may follow: <see cref="SettleAsync"/> and
    /// <see cref="SaveAsync(IReadOnlyList{RunSelection}, SaveOptions, CancellationToken)"/> find out.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="parts">Ids or indexes to keep, in this order; null or empty for all.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="RunNotReadyException">The run goes on, or ended without files.</exception>
    /// <exception cref="FilePartException">The run has no such part.</exception>
    /// <exception cref="UnexpectedResponseException">What the service lists are no ids; they become parts of paths.</exception>
    public async Task<IReadOnlyList<BatchExportFile>> ListAsync(string runId, IReadOnlyList<string>? parts = null, CancellationToken cancellationToken = default)
    {
        var list = await ReadListAsync(runId, cancellationToken);
        return parts is { Count: > 0 } ? list.Pick(parts) : list.Files;
    }

    /// <summary>Reads the list of a completed run's files as it is at the moment.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="RunNotReadyException">The run goes on, or ended without files.</exception>
    /// <exception cref="UnexpectedResponseException">What the service lists are no ids; they become parts of paths.</exception>
    public Task<RunFileList> ReadListAsync(string runId, CancellationToken cancellationToken = default) => Lists.ReadAsync(runId, cancellationToken);

    /// <summary>As <see cref="ReadListAsync"/>, without a request where the list was settled over this connection before.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<RunFileList> OpenListAsync(string runId, CancellationToken cancellationToken = default) => Lists.OpenAsync(runId, cancellationToken);

    /// <summary>
    /// Reads the list again, five seconds later and then less often, until two answers in a row are the same. A settled list is handed back as it is.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="onWait">Is told before each wait; null for nobody.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="FileListGrowingException">It still grew after ten minutes.</exception>
    public Task<RunFileList> SettleAsync(RunFileList list, Action? onWait = null, CancellationToken cancellationToken = default) =>
        Lists.SettleAsync(list, FileListReader.Pause, token => _runs.GetAsync(list.RunId, token), onWait, cancellationToken);

    /// <summary>Adds name, length, validator and signed URL to a file. Costs one request to the API and one to the storage.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<BatchExportFile> DescribeAsync(BatchExportFile file, CancellationToken cancellationToken = default)
    {
        using var storage = new StorageFile(_api, file);
        var found = await storage.DescribeAsync(_api.Transport.Options.Timeout, cancellationToken);
        var url = await storage.RepeatAsync(storage.SignAsync, cancellationToken);
        return file with { Name = found.Name, Length = found.Length, ETag = found.ETag, Url = url.Text, ExpiresAt = url.ExpiresAt };
    }

    /// <summary>
    /// Saves files of runs, each whole or not at all, and sees to it that none of a run is missing: what its list grows by meanwhile is saved, too.
    /// </summary>
    /// <param name="runs">The runs, each once.</param>
    /// <param name="options">Where to and how.</param>
    /// <param name="cancellationToken">Ends the downloads. What is worth going on with stays beside the target, under a temporary name.</param>
    /// <exception cref="FileSaveException">The folder cannot be made.</exception>
    public IAsyncEnumerable<SaveOutcome> SaveAsync(IReadOnlyList<RunSelection> runs, SaveOptions options, CancellationToken cancellationToken = default)
    {
        PrepareFolder(options);
        return AsyncSequences.FromWork<SaveOutcome>((handOut, stop) => new RunDownloads(_api, Lists, options).RunAsync(runs, handOut, stop), cancellationToken);
    }

    /// <summary>
    /// Saves files, each whole or not at all, and hands out each outcome in the order of the files. Whether a run has others is not looked at.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="options">Where to and how.</param>
    /// <param name="cancellationToken">Ends the downloads. What is worth going on with stays beside the target, under a temporary name.</param>
    /// <exception cref="FileSaveException">The folder cannot be made.</exception>
    public IAsyncEnumerable<SaveOutcome> SaveAsync(IReadOnlyList<BatchExportFile> files, SaveOptions options, CancellationToken cancellationToken = default)
    {
        PrepareFolder(options);
        return AsyncSequences.FromWork<SaveOutcome>((handOut, stop) => new FileDownloads(options, new FolderLimits()).RunAsync([.. files.Select(file => (_api, file))], handOut, stop), cancellationToken);
    }

    private static void PrepareFolder(SaveOptions options)
    {
        if (File.Exists(options.Folder))
            throw new FileSaveException($"'{options.Folder}' is a file, not a folder.", options.Folder, FileSaveFailure.NotAFolder);

        FileSystemErrors.CreateFolder(options.Disk, options.Folder);
    }
}
