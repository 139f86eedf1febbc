using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Saves the files of runs on demand, each whole or not at all.</summary>
[Cmdlet(VerbsData.Save, "BatchExportFile", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(SavedBatchExportFile))]
public sealed class SaveBatchExportFileCommand : ProjectCmdlet
{
    private readonly List<(ApiScope Scope, BatchExportFile File)> _files = [];
    private readonly List<WholeRun> _wholeRuns = [];
    private string _folder = "";

    /// <summary>Ids of runs that have completed.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    /// <summary>Ids or indexes of files. Default: all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FileId")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.PartCompleter))]
    public string[]? Part { get; set; }

    /// <summary>The folder, taken literally; made if missing. Default: the current one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>How many connections there may be at once, over all files and runs. Default: 8.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>Puts the files of each run in a folder of their own, named by the run's id, below -Path.</summary>
    [Parameter]
    public SwitchParameter GroupByRun { get; set; }

    /// <summary>Replaces files of the same name. Without it the very same file counts as saved, and any other is an error.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Starts over instead of going on with a download that was interrupted.</summary>
    [Parameter]
    public SwitchParameter NoResume { get; set; }

    /// <summary>Checks each file by its entity tag and its format, and compares the rows of a run with what the service says it exported.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>Seconds that a connection may bring nothing before the rest of its range is asked for again. Default: 30.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int StallTimeoutSec { get; set; } = 30;

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override void Prepare()
    {
        base.Prepare();
        _folder = Folder();
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Part is { Length: 0 } ? Task.CompletedTask : ForEachAsync(pipeline, RunId, async id =>
        {
            var list = await Client.Files.OpenListAsync(Scope, id, cancellationToken);
            if (Ids.Given(Part) is { } parts)
            {
                await AddPartsAsync(pipeline, list, parts, cancellationToken);
                return;
            }

            if (Verify)
                list = await SettleAsync(pipeline, list, cancellationToken);

            if (list is { IsSettled: true, Files.Count: 0 })
                WarnOfNothing(pipeline, list);
            else if (await AddAsync(pipeline, list, list.Files) && !_wholeRuns.Exists(run => run.List.RunId == list.RunId))
                _wholeRuns.Add(new WholeRun(list));
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        while (_files.Count > 0 || _wholeRuns.Count > 0)
        {
            var files = _files.ToArray();
            _files.Clear();
            if (files.Length > 0)
                await SaveAsync(pipeline, files, cancellationToken);

            await AddFilesListedSinceAsync(pipeline, cancellationToken);
        }
    }

    private async Task SaveAsync(AsyncPipeline pipeline, (ApiScope Scope, BatchExportFile File)[] files, CancellationToken cancellationToken)
    {
        var progress = new SaveProgress(pipeline, files.Length);
        try
        {
            await foreach (var outcome in Client.Files.SaveAsync(files, Options(progress), cancellationToken))
            {
                if (outcome.Saved is { } saved)
                {
                    _wholeRuns.Find(run => run.List.RunId == saved.RunId)?.Saved.Add(saved);
                    await pipeline.WriteObjectAsync(saved);
                }
                else
                {
                    _wholeRuns.RemoveAll(run => run.List.RunId == outcome.File.RunId);
                    Report(pipeline, ErrorRecords.FileFailed(outcome, ErrorContext), outcome.Failure!);
                }
            }
        }
        catch (FileSaveException failure)
        {
            throw new TerminatingErrorException(ErrorRecords.From(failure, Path, ErrorContext));
        }
        finally
        {
            progress.Complete();
        }
    }

    // Indexes move while a list grows; ids do not.
    private async Task AddPartsAsync(AsyncPipeline pipeline, RunFileList list, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        if (!list.HasIds(parts))
            list = await SettleAsync(pipeline, list, cancellationToken);

        await AddAsync(pipeline, list, list.Pick(parts));
    }

    private async Task<RunFileList> SettleAsync(AsyncPipeline pipeline, RunFileList list, CancellationToken cancellationToken)
    {
        var progress = new ListWait(pipeline);
        var settled = await Client.Files.SettleAsync(list, () => progress.OnWait(list), cancellationToken);
        progress.Complete();
        return settled;
    }

    // Whether all of the files are to be saved.
    private async Task<bool> AddAsync(AsyncPipeline pipeline, RunFileList list, IEnumerable<BatchExportFile> files)
    {
        var isWhole = true;
        foreach (var file in files)
        {
            if (_files.Exists(known => known.File.FileId == file.FileId))
                continue;

            if (await pipeline.ShouldProcessAsync($"{Path} (file {file.Index} of run {list.RunId})", "Save file"))
                _files.Add((list.Scope, file));
            else
                isWhole = false;
        }

        return isWhole;
    }

    // A run may list more files after it has completed.
    private async Task AddFilesListedSinceAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var progress = new ListWait(pipeline);
        foreach (var run in _wholeRuns.ToArray())
        {
            _wholeRuns.Remove(run);
            await ForItemAsync(pipeline, run.List.RunId, async () =>
            {
                run.List = await Client.Files.CheckAsync(run.List, run.Saved, () => progress.OnWait(run.List), cancellationToken);
                if (run.List is { IsSettled: true, Files.Count: 0 })
                    WarnOfNothing(pipeline, run.List);
                else if (!run.List.IsSettled && await AddAsync(pipeline, run.List, run.List.Files.Where(file => !run.Saved.Exists(saved => saved.FileId == file.FileId))))
                    _wholeRuns.Add(run);
            });
        }

        progress.Complete();
    }

    private static void WarnOfNothing(AsyncPipeline pipeline, RunFileList list) =>
        pipeline.WriteWarning($"Run {list.RunId} has no files: it found nothing to export.");

    private SaveOptions Options(SaveProgress progress) => new()
    {
        Folder = _folder,
        GroupByRun = GroupByRun,
        Overwrite = Force,
        Resume = !NoResume,
        Verify = Verify,
        Connections = ThrottleLimit,
        StallTimeout = TimeSpan.FromSeconds(StallTimeoutSec),
        OnProgress = progress.OnProgress,
    };

    private string Folder()
    {
        try
        {
            var folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out var provider, out _);
            if (provider.Name == "FileSystem")
                return folder;
        }
        catch (Exception failure) when (failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException)
        {
            // Said below, in one way for all of them.
        }

        ThrowTerminatingError(ErrorRecords.Invalid("NotAFolder", $"'{Path}' is not in the file system. Give a folder of it as -Path.", "Give a folder of the file system as -Path.", Path));
        return "";
    }

    /// <summary>A run of which all files are saved, whatever it lists by then.</summary>
    private sealed class WholeRun(RunFileList list)
    {
        public RunFileList List { get; set; } = list;

        public List<SavedBatchExportFile> Saved { get; } = [];
    }
}
