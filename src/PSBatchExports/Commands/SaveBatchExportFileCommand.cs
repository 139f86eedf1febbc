using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Downloads the files of on-demand runs. A file appears under its name only when it is complete.</summary>
[Cmdlet(
    VerbsData.Save, "BatchExportFile",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(SavedBatchExportFile))]
public sealed class SaveBatchExportFileCommand : ProjectCmdlet
{
    private readonly List<RunToSave> _runs = [];

    // Files that are piped in name their run once each.
    private readonly Dictionary<(BatchExportClient, ApiScope, string), RunFileList> _lists = [];
    private FileShard? _shard;
    private string _folder = "";
    private volatile bool _isSaving;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Expected = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FileId")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.PartCompleter))]
    public string[]? Part { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Shard { get; set; }

    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    [Parameter]
    public SwitchParameter GroupByRun { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter NoResume { get; set; }

    [Parameter]
    public SwitchParameter Verify { get; set; }

    [Parameter]
    [ValidateRange(1, 86400)]
    public int StallTimeoutSec { get; set; } = 30;

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override void Prepare()
    {
        _shard = FileShard.TryParse(Shard);
        if (Shard is not null && _shard is null)
            ThrowTerminatingError(ErrorRecords.InvalidShard(Shard));

        base.Prepare();
    }

    private protected override void PrepareRecord()
    {
        base.PrepareRecord();
        _folder = Folder();
    }

    private protected override async Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (Part is { Length: 0 })
            return;

        var parts = Ids.NonEmpty(Part);
        if (_shard is not null && parts is not null)
        {
            pipeline.WriteError(ErrorRecords.ShardOfParts());
            return;
        }

        await ForEachAsync(pipeline, RunId, async id =>
        {
            var list = await ListAsync(id, parts, cancellationToken);
            if (_shard is { } shard)
                await AddShardAsync(pipeline, list, shard, cancellationToken);
            else if (parts is not null)
                await AddPartsAsync(pipeline, list, parts, cancellationToken);
            else if (list is { IsSettled: true, Files.Count: 0 })
                WarnNoFiles(pipeline, id);
            else
                await AddAsync(pipeline, list, list.Files, isWhole: true);
        });
    }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (_runs.Count == 0)
            return;

        var progress = new SaveProgress(pipeline, _runs.Sum(run => run.Files.Count));
        var wait = new FileListProgress(pipeline);
        _isSaving = true;
        try
        {
            var all = Options(progress, wait).ForSeveralCalls();
            foreach (var runs in _runs.GroupBy(run => (run.Client, run.Folder)))
            {
                var (client, folder) = runs.Key;
                var options = all with { Folder = folder };
                var files = client.In(runs.First().List.Scope).Files;
                await foreach (var outcome in files.SaveAsync([.. runs.Select(run => run.Selection)], options, cancellationToken))
                    await WriteAsync(pipeline, outcome);
            }
        }
        catch (FileSaveException failure)
        {
            var context = ErrorContext with { Command = MyInvocation.MyCommand.Name };
            throw new TerminatingErrorException(ErrorRecords.From(failure, failure.Path, context));
        }
        finally
        {
            _isSaving = false;
            progress.Complete();
            wait.Complete();
        }
    }

    private protected override string? DescribeUnfinishedWork() =>
        _isSaving ? UnfinishedWork.SavedFiles([.. _runs.Select(run => (run.Folder, run.List.RunId)).Distinct()]) : null;

    private async Task WriteAsync(AsyncPipeline pipeline, SaveOutcome outcome)
    {
        if (outcome.Saved is { } saved)
            await pipeline.WriteObjectAsync(saved);
        else if (outcome.Failure is { } failure)
            Report(pipeline, ErrorRecords.FileFailed(outcome, ErrorContext with { Command = MyInvocation.MyCommand.Name }), failure);
        else
            WarnNoFiles(pipeline, outcome.RunId);
    }

    private static void WarnNoFiles(AsyncPipeline pipeline, string runId) =>
        pipeline.WriteWarning($"Run {runId} has no files: it found nothing to export.");

    private async Task<RunFileList> ListAsync(string id, IReadOnlyList<string>? parts, CancellationToken cancellationToken)
    {
        var key = (Client, Scope, id);
        if (parts is not null && _lists.TryGetValue(key, out var known) && known.HasIds(parts))
            return known;

        return _lists[key] = await Api.Files.OpenListAsync(id, cancellationToken);
    }

    // While a list grows, the indexes of files may change; their ids do not.
    private async Task AddPartsAsync(
        AsyncPipeline pipeline,
        RunFileList list,
        IReadOnlyList<string> parts,
        CancellationToken cancellationToken)
    {
        if (!list.HasIds(parts))
            list = await SettleAsync(pipeline, list, cancellationToken);

        await AddAsync(pipeline, list, list.Pick(parts), isWhole: false);
    }

    private async Task AddShardAsync(AsyncPipeline pipeline, RunFileList list, FileShard shard, CancellationToken cancellationToken)
    {
        var settled = await SettleAsync(pipeline, list, cancellationToken);
        if (settled.Files.Count == 0)
            WarnNoFiles(pipeline, settled.RunId);
        else
            await AddAsync(pipeline, settled, shard.Pick(settled.Files), isWhole: false);
    }

    private async Task<RunFileList> SettleAsync(AsyncPipeline pipeline, RunFileList list, CancellationToken cancellationToken)
    {
        var wait = new FileListProgress(pipeline);
        var settled = await Api.Files.SettleAsync(list, () => wait.OnWait(list), cancellationToken);
        wait.Complete();
        return settled;
    }

    private async Task AddAsync(AsyncPipeline pipeline, RunFileList list, IEnumerable<BatchExportFile> files, bool isWhole)
    {
        var run = _runs.Find(added =>
            string.Equals(added.List.RunId, list.RunId, StringComparison.OrdinalIgnoreCase)
            && added.Folder == _folder
            && added.Client == Client);
        if (run is null)
        {
            run = new RunToSave(Client, list, _folder);
            _runs.Add(run);
        }

        foreach (var file in files)
        {
            if (run.Has(file))
                continue;

            if (await pipeline.ShouldProcessAsync($"{Path} (file {file.Index} of run {list.RunId}{TargetSuffix(list.Scope)})", "Save file"))
                run.Add(file);
            else
                isWhole = false;
        }

        run.IsWhole |= isWhole;
        if (run is { IsWhole: false, Files.Count: 0 })
            _runs.Remove(run);
    }

    private SaveOptions Options(SaveProgress progress, FileListProgress wait) => new()
    {
        Folder = _folder,
        GroupByRun = GroupByRun,
        Overwrite = Force,
        Resume = !NoResume,
        Verify = Verify,
        Connections = ThrottleLimit,
        StallTimeout = TimeSpan.FromSeconds(StallTimeoutSec),
        OnProgress = progress.OnProgress,
        OnListWait = wait.OnWait,
    };

    private string Folder()
    {
        if (this.FileSystemPathOf(Path) is { } folder)
            return folder;

        ThrowTerminatingError(ErrorRecords.NotAFolder(Path));
        return "";
    }

    /// <summary>A run with the files to save.</summary>
    private sealed class RunToSave(BatchExportClient client, RunFileList list, string folder)
    {
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

        public BatchExportClient Client => client;

        public string Folder => folder;

        public RunFileList List => list;

        public List<BatchExportFile> Files { get; } = [];

        /// <summary>Whether all files are to be saved, also those that are listed later.</summary>
        public bool IsWhole { get; set; }

        public RunSelection Selection => new(list, IsWhole ? null : Files);

        public bool Has(BatchExportFile file) => _ids.Contains(file.FileId);

        public void Add(BatchExportFile file)
        {
            _ids.Add(file.FileId);
            Files.Add(file);
        }
    }
}
