using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Lists the files of on-demand runs, once their lists are complete.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportFile", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportFile))]
public sealed class GetBatchExportFileCommand : ProjectCmdlet
{
    private readonly List<(FilesClient Files, RunFileList List)> _lists = [];
    private FileShard? _shard;

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Expected = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PartCompleter))]
    public string[]? Part { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Shard { get; set; }

    [Parameter]
    public SwitchParameter IncludeUrl { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override void Prepare()
    {
        _shard = FileShard.TryParse(Shard);
        if (Shard is not null && _shard is null)
            ThrowTerminatingError(ErrorRecords.InvalidShard(Shard));

        if (_shard is not null && Part is not null)
            ThrowTerminatingError(ErrorRecords.ShardOfParts());

        base.Prepare();
    }

    private protected override async Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!MyInvocation.ExpectingInput && !IsBound(nameof(RunId)))
        {
            pipeline.WriteError(ErrorRecords.NoRunForFiles());
            return;
        }

        if (Part is { Length: 0 })
            return;

        await ForEachAsync(pipeline, RunId, async id =>
        {
            var files = Api.Files;
            _lists.Add((files, await files.ReadListAsync(id, cancellationToken)));
        });
    }

    // All lists are read once before any is read again, so that they settle at the same time.
    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var progress = new FileListProgress(pipeline);
        foreach (var (files, list) in _lists)
        {
            await ForItemAsync(pipeline, list.RunId, async () =>
            {
                var settled = await SettleAsync(files, list, progress, cancellationToken);
                await WriteAsync(pipeline, files, settled, cancellationToken);
            });
        }

        progress.Complete();
    }

    private Task<RunFileList> SettleAsync(
        FilesClient files,
        RunFileList list,
        FileListProgress progress,
        CancellationToken cancellationToken) =>
        Part is { } parts && list.HasIds(parts)
            ? Task.FromResult(list)
            : files.SettleAsync(list, () => progress.OnWait(list), cancellationToken);

    private async Task WriteAsync(AsyncPipeline pipeline, FilesClient files, RunFileList list, CancellationToken cancellationToken)
    {
        foreach (var file in Select(list))
            await pipeline.WriteObjectAsync(IncludeUrl ? WithUrlView(await files.DescribeAsync(file, cancellationToken)) : file);
    }

    private IReadOnlyList<BatchExportFile> Select(RunFileList list) => (Part, _shard) switch
    {
        ({ } parts, _) => list.Pick(parts),
        (_, { } shard) => shard.Pick(list.Files),
        _ => list.Files,
    };

    // Selects the view with the columns that only these files have.
    private static PSObject WithUrlView(BatchExportFile file)
    {
        var described = PSObject.AsPSObject(file);
        described.TypeNames.Insert(0, $"{typeof(BatchExportFile).FullName}#{nameof(IncludeUrl)}");
        return described;
    }
}
