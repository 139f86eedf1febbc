using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Compares batch exports with their configuration files. Writes what differs.</summary>
[Cmdlet(
    VerbsData.Compare, "BatchExportConfiguration",
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportConfigurationDifference))]
public sealed class CompareBatchExportConfigurationCommand : ProjectCmdlet
{
    private string _path = "";
    private string? _overlay;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Overlay { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.ExportNameCompleter))]
    public new string[]? Scope { get; set; }

    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override void Prepare()
    {
        base.Prepare();
        _path = FullPath(Path, ErrorRecords.ConfigurationNotFound);
        if (Overlay is not null)
            _overlay = FullPath(Overlay, ErrorRecords.OverlayNotFound);
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, _path, async () =>
        {
            var filter = Scope is { Length: > 0 } ? new NameFilter(Scope) : null;
            Func<string, bool>? isInScope = filter is null ? null : filter.Matches;
            var result = await Api.Configurations.CompareAsync(_path, _overlay, isInScope, cancellationToken);
            foreach (var failure in result.Failures)
                Report(pipeline, failure, (failure as ConfigurationFileException)?.File ?? _path);

            foreach (var difference in result.Differences)
            {
                if (IncludeEqual || difference.Change != ConfigurationChange.Equal)
                    await pipeline.WriteObjectAsync(difference);
            }
        });

    private string FullPath(string path, Func<string, ErrorRecord> notFound)
    {
        if (this.FileSystemPathOf(path) is { } full && System.IO.Path.Exists(full))
            return full;

        ThrowTerminatingError(notFound(path));
        return "";
    }
}
