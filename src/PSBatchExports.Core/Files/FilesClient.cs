using System.Globalization;

namespace PSBatchExports;

/// <summary>The files of on-demand runs (docs/wire.md, section 14).</summary>
public sealed class FilesClient
{
    private readonly Api _api;
    private readonly OnDemandRunsClient _runs;

    internal FilesClient(Api api, OnDemandRunsClient runs)
    {
        _api = api;
        _runs = runs;
    }

    /// <summary>Lists a completed run's files, in the order of their numbers.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="runId">The run.</param>
    /// <param name="parts">Ids or indexes to keep, in this order; null or empty for all.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="RunNotReadyException">The run goes on, or ended without files.</exception>
    /// <exception cref="FilePartException">The run has no such part.</exception>
    /// <exception cref="UnexpectedResponseException">What the service lists are no ids; they become parts of paths.</exception>
    public async Task<IReadOnlyList<BatchExportFile>> ListAsync(ApiScope scope, string runId, IReadOnlyList<string>? parts = null, CancellationToken cancellationToken = default)
    {
        var run = await _runs.GetAsync(scope, runId, cancellationToken);
        if (run.Status != RunStatus.Completed || run.Files is null)
            throw new RunNotReadyException(run, _api.Secrets);

        if (run.Files.FirstOrDefault(id => !ApiScope.IsSegment(id)) is { } bad)
            throw new UnexpectedResponseException($"The service lists '{DisplayText.Clean(bad)}' as a file, which is not an id.", _api.Get(OnDemandRunsClient.Path(scope, runId)).Failed);

        var files = run.Files.Select((id, index) => new BatchExportFile
        {
            FileId = id,
            RunId = runId,
            Index = index,
            ProjectId = scope.ProjectNumber,
            RunFiles = run.Files.Count,
            RunRecords = run.RecordsCompleted,
        }).ToArray();
        return parts is { Count: > 0 } ? parts.Select(part => Pick(run, files, part, _api.Secrets)).Distinct().ToArray() : PartOrder.Indexes(files.Length).Select(index => files[index]).ToArray();
    }

    /// <summary>Adds name, length, validator and signed URL to a file. Costs one request to the API and one to the storage.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<BatchExportFile> DescribeAsync(ApiScope scope, BatchExportFile file, CancellationToken cancellationToken = default)
    {
        using var storage = new StorageFile(_api, scope, file);
        var found = await storage.DescribeAsync(_api.Transport.Options.Timeout, cancellationToken);
        var url = await storage.RepeatAsync(storage.SignAsync, cancellationToken);
        return file with { Name = found.Name, Length = found.Length, ETag = found.ETag, Url = url.Text, ExpiresAt = url.ExpiresAt };
    }

    /// <summary>Saves files, each whole or not at all, and hands out each outcome in the order of the files.</summary>
    /// <param name="files">The files with the project of each.</param>
    /// <param name="options">Where to and how.</param>
    /// <param name="cancellationToken">Ends the downloads. What is worth going on with stays beside the target, under a temporary name.</param>
    /// <exception cref="FileSaveException">The folder cannot be made.</exception>
    public IAsyncEnumerable<SaveOutcome> SaveAsync(IReadOnlyList<(ApiScope Scope, BatchExportFile File)> files, SaveOptions options, CancellationToken cancellationToken = default)
    {
        if (File.Exists(options.Folder))
            throw new FileSaveException($"'{options.Folder}' is a file, not a folder.", options.Folder, FileSaveFailure.NotAFolder);

        FileSystemErrors.CreateFolder(options.Disk, options.Folder);
        return AsyncSequences.FromWork<SaveOutcome>((handOut, stop) => new FileDownloads(_api, options).RunAsync(files, handOut, stop), cancellationToken);
    }

    private static BatchExportFile Pick(BatchExportRun run, BatchExportFile[] files, string part, SecretScrubber secrets)
    {
        var file = int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? files.ElementAtOrDefault(index)
            : files.FirstOrDefault(file => string.Equals(file.FileId, part, StringComparison.OrdinalIgnoreCase));
        return file ?? throw new FilePartException(run, part, secrets);
    }
}

/// <summary>What became of one file: it was saved, or it failed.</summary>
/// <param name="File">The file.</param>
/// <param name="Saved">The saved file; null if it failed.</param>
/// <param name="Failure">Why it failed; null if it was saved.</param>
/// <param name="KeptBytes">Bytes that are kept of a file that failed, from which the next call goes on; 0 for none.</param>
public sealed record SaveOutcome(BatchExportFile File, SavedBatchExportFile? Saved, Exception? Failure, long KeptBytes = 0);
