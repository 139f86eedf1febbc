using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Lists the files of runs on demand, once their lists no longer grow.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportFile", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportFile))]
public sealed class GetBatchExportFileCommand : ProjectCmdlet
{
    private readonly List<(FilesClient Files, RunFileList List)> _lists = [];

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Takes = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PartCompleter))]
    public string[]? Part { get; set; }

    [Parameter]
    public SwitchParameter IncludeUrl { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        IsNothingGiven(pipeline) || Part is { Length: 0 } ? Task.CompletedTask : ForEachAsync(pipeline, RunId, async id => _lists.Add((Api.Files, await Api.Files.ReadListAsync(id, cancellationToken))));

    private bool IsNothingGiven(AsyncPipeline pipeline)
    {
        var isNothing = !MyInvocation.ExpectingInput && !IsTyped(nameof(RunId));
        if (isNothing)
            pipeline.WriteError(ErrorRecords.NoRunForFiles());

        return isNothing;
    }

    // All lists are read before the first is read again: they rest at the same time.
    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var progress = new ListWait(pipeline);
        foreach (var (files, list) in _lists)
        {
            await ForItemAsync(pipeline, list.RunId, async () =>
                await WriteAsync(pipeline, files, await SettleAsync(files, list, progress, cancellationToken), cancellationToken));
        }

        progress.Complete();
    }

    private Task<RunFileList> SettleAsync(FilesClient files, RunFileList list, ListWait progress, CancellationToken cancellationToken) =>
        Part is { } parts && list.HasIds(parts) ? Task.FromResult(list) : files.SettleAsync(list, () => progress.OnWait(list), cancellationToken);

    private async Task WriteAsync(AsyncPipeline pipeline, FilesClient files, RunFileList list, CancellationToken cancellationToken)
    {
        foreach (var file in Part is { } parts ? list.Pick(parts) : list.Files)
            await pipeline.WriteObjectAsync(IncludeUrl ? Described(await files.DescribeAsync(file, cancellationToken)) : file);
    }

    // A view of their own has the columns that only they fill.
    private static PSObject Described(BatchExportFile file)
    {
        var described = PSObject.AsPSObject(file);
        described.TypeNames.Insert(0, $"{typeof(BatchExportFile).FullName}#{nameof(IncludeUrl)}");
        return described;
    }
}
