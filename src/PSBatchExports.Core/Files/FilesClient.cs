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
    /// Lists the files that a completed run has at the moment, ordered by number. More may follow: use <see cref="SettleAsync"/> or
    /// <see cref="SaveAsync(IReadOnlyList{RunSelection}, SaveOptions, CancellationToken)"/> to get them all.
    /// </summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="parts">Ids or indexes of the files to return, in this order; null or empty for all.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RunNotReadyException">The run is not completed, or ended without files.</exception>
    /// <exception cref="FilePartException">The run has no such file.</exception>
    /// <exception cref="UnexpectedResponseException">The service lists something that is not an id.</exception>
    public async Task<IReadOnlyList<BatchExportFile>> ListAsync(
        string runId, IReadOnlyList<string>? parts = null, CancellationToken cancellationToken = default)
    {
        var list = await ReadListAsync(runId, cancellationToken);
        return parts is { Count: > 0 } ? list.Pick(parts) : list.Files;
    }

    /// <summary>Reads the current list of a completed run's files.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RunNotReadyException">The run is not completed, or ended without files.</exception>
    /// <exception cref="UnexpectedResponseException">The service lists something that is not an id.</exception>
    public Task<RunFileList> ReadListAsync(string runId, CancellationToken cancellationToken = default) =>
        Lists.ReadAsync(runId, cancellationToken);

    /// <summary>As <see cref="ReadListAsync"/>, but without a request if the list was settled over this connection before.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<RunFileList> OpenListAsync(string runId, CancellationToken cancellationToken = default) =>
        Lists.OpenAsync(runId, cancellationToken);

    /// <summary>
    /// Reads the list again, after five seconds and then less often, until two answers in a row are the same. A settled list is returned as
    /// it is.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="onWait">Called before each wait; null for no one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="FileListGrowingException">The list still grew after ten minutes.</exception>
    public Task<RunFileList> SettleAsync(RunFileList list, Action? onWait = null, CancellationToken cancellationToken = default) =>
        Lists.SettleAsync(list, FileListReader.Pause, token => _runs.GetAsync(list.RunId, token), onWait, cancellationToken);

    /// <summary>Adds name, length, entity tag and signed URL to a file, with one request to the API and one to the storage.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<BatchExportFile> DescribeAsync(BatchExportFile file, CancellationToken cancellationToken = default)
    {
        using var storage = new StorageFile(_api, file);
        var found = await storage.DescribeAsync(_api.Transport.Options.Timeout, cancellationToken);
        var url = await storage.RepeatAsync(storage.SignAsync, cancellationToken);
        return file with { Name = found.Name, Length = found.Length, ETag = found.ETag, Url = url.Text, ExpiresAt = url.ExpiresAt };
    }

    /// <summary>Reads some bytes of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="range">Which bytes. The file may end before.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The bytes; null if the storage does not serve ranges.</returns>
    internal async Task<byte[]?> ReadAsync(BatchExportFile file, ByteRange range, CancellationToken cancellationToken)
    {
        using var storage = new StorageFile(_api, file);
        return await storage.RepeatAsync(
            async token =>
            {
                using var response = await storage.OpenAsync(range, validator: null, _api.Transport.Options.Timeout, token);
                return range.Start > 0 && response.Extent is not BodyExtent.Part ? null : await response.ReadUpToAsync(range.Length, token);
            },
            cancellationToken);
    }

    /// <summary>
    /// Saves files of runs, each whole or not at all. Of a run without a selection of files, those are saved, too, that it lists in the
    /// meantime.
    /// </summary>
    /// <param name="runs">The runs. No run may occur twice.</param>
    /// <param name="options">Where and how to save them.</param>
    /// <param name="cancellationToken">Stops the downloads. What is worth resuming is kept under temporary names.</param>
    /// <exception cref="ArgumentException">A run occurs twice.</exception>
    /// <exception cref="FileSaveException">The folder cannot be created. Errors of a file or a run are part of its outcome.</exception>
    public IAsyncEnumerable<SaveOutcome> SaveAsync(
        IReadOnlyList<RunSelection> runs, SaveOptions options, CancellationToken cancellationToken = default)
    {
        if (runs.GroupBy(run => run.List.RunId, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"Run {twice.Key} is given twice.", nameof(runs));

        PrepareFolder(options);
        var downloads = new RunDownloads(_api, Lists, options);
        return AsyncSequences.FromWork<SaveOutcome>((onOutcome, stop) => downloads.RunAsync(runs, onOutcome, stop), cancellationToken);
    }

    /// <summary>
    /// Saves files, each whole or not at all. The outcomes have the order of the files. Other files of their runs are not looked for.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="options">Where and how to save them.</param>
    /// <param name="cancellationToken">Stops the downloads. What is worth resuming is kept under temporary names.</param>
    /// <exception cref="FileSaveException">The folder cannot be created. Errors of a file or a run are part of its outcome.</exception>
    public IAsyncEnumerable<SaveOutcome> SaveAsync(
        IReadOnlyList<BatchExportFile> files, SaveOptions options, CancellationToken cancellationToken = default)
    {
        PrepareFolder(options);
        var downloads = new FileDownloads(options, options.Names ?? new SaveNames(), new FolderLimits());
        var items = files.Select(file => (_api, file)).ToArray();
        return AsyncSequences.FromWork<SaveOutcome>((onOutcome, stop) => downloads.RunAsync(items, onOutcome, stop), cancellationToken);
    }

    private static void PrepareFolder(SaveOptions options)
    {
        if (File.Exists(options.Folder))
            throw new FileSaveException($"'{options.Folder}' is a file, not a folder.", options.Folder, FileSaveFailure.NotAFolder);

        FileSystemErrors.CreateFolder(options.Disk, options.Folder);
    }
}
