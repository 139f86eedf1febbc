using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Lists the files of runs on demand.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportFile", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportFile))]
public sealed class GetBatchExportFileCommand : ProjectCmdlet
{
    /// <summary>Ids of runs that have completed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    /// <summary>Ids or indexes of files. Default: all.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PartCompleter))]
    public string[]? Part { get; set; }

    /// <summary>Adds name, length, ETag and a signed URL to each file, by which other programs can read it for an hour at most. Whoever has the URL can read the file.</summary>
    [Parameter]
    public SwitchParameter IncludeUrl { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Part is { Length: 0 } ? Task.CompletedTask : ForEachAsync(pipeline, RunId, async id =>
        {
            foreach (var file in await Client.Files.ListAsync(Scope, id, Part, cancellationToken))
                await pipeline.WriteObjectAsync(IncludeUrl ? await Client.Files.DescribeAsync(Scope, file, cancellationToken) : file);
        });
}
