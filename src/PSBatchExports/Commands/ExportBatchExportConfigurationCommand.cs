using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Writes the configuration of batch exports to files, one each, for version control.</summary>
[Cmdlet(
    VerbsData.Export, "BatchExportConfiguration",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(FileInfo))]
public sealed class ExportBatchExportConfigurationCommand : ExportsCmdlet
{
    private readonly List<BatchExportConfigurationFile> _files = [];
    private string _folder = "";

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public override string[] Id { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override ErrorContext ErrorContextOf(ExportJob job) => ErrorContext.Configuration(job.Export?.Name ?? job.IdOrName);

    private protected override void Prepare()
    {
        base.Prepare();
        if (this.FileSystemPathOf(Path) is { } folder)
            _folder = folder;
        else
            ThrowTerminatingError(ErrorRecords.NotAFolder(Path));
    }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (Jobs.Select(job => (job.Service.ApiHost, job.Scope)).Distinct().Skip(1).Any())
            throw new TerminatingErrorException(ErrorRecords.FolderOfSeveralProjects());

        var clients = Jobs.Select(job => (job.Client, job.Scope)).Distinct()
            .ToDictionary(key => key, key => key.Client.In(key.Scope).Configurations);
        await ForEachJobAsync(
            pipeline,
            Jobs,
            "Reading configurations",
            (job, export, stop) => clients[(job.Client, job.Scope)].ToFileAsync(export, stop),
            file =>
            {
                _files.Add(file);
                return Task.CompletedTask;
            },
            cancellationToken);
        var folder = new ConfigurationFolderWriter(_folder, Force);
        foreach (var named in _files.GroupBy(file => file.Name, StringComparer.Ordinal))
            await ForItemAsync(pipeline, named.Key, () => SaveAsync(pipeline, folder, [.. named]));
    }

    private async Task SaveAsync(
        AsyncPipeline pipeline, ConfigurationFolderWriter folder, IReadOnlyList<BatchExportConfigurationFile> named)
    {
        var path = folder.PathOf(named);
        if (!await pipeline.ShouldProcessAsync(path, $"Write the configuration of '{named[0].Name}'"))
            return;

        if (named[0].LeftOut is { Count: > 0 } leftOut)
        {
            pipeline.WriteWarning(
                $"{named[0].Name}: this version does not know the settings {string.Join(", ", leftOut)}; they are not in the file.");
        }

        folder.Save(named[0], path);
        await pipeline.WriteObjectAsync(await pipeline.EvaluateAsync(() => this.FileItemOf(path)));
    }
}
