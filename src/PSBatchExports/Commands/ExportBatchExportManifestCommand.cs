using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Hands files over to other programs, as text that they take as it is. Sends no request.</summary>
[Cmdlet(
    VerbsData.Export, "BatchExportManifest",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(string))]
public sealed class ExportBatchExportManifestCommand : AsyncCmdlet
{
    private readonly List<ServiceObject> _files = [];
    private string? _path;

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [FilesTransformation]
    [AllowEmptyCollection]
    public ServiceObject[] InputObject { get; set; } = [];

    [Parameter(Position = 0)]
    public ManifestForm As { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    public SwitchParameter Expand { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private ErrorContext ErrorContext => ErrorContext.File with { Command = MyInvocation.MyCommand.Name };

    private protected override void Prepare()
    {
        if (Path is null)
            return;

        _path = this.FileSystemPathOf(Path);
        if (_path is null)
            ThrowTerminatingError(ErrorRecords.NotAFilePath(Path));

        try
        {
            FileManifest.CheckPath(_path!, Force);
        }
        catch (FileSaveException failure)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, _path, ErrorContext));
        }
    }

    private protected override Task ProcessAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        _files.AddRange(InputObject);
        return Task.CompletedTask;
    }

    private protected override async Task EndAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (_files.Count == 0 || !await ShouldWriteAsync(pipeline))
            return;

        try
        {
            await WriteAsync(pipeline, cancellationToken);
        }
        catch (Exception failure) when (ErrorRecords.IsExpected(failure))
        {
            pipeline.WriteError(ErrorRecords.From(failure, _path, ErrorContext));
        }
    }

    private Task<bool> ShouldWriteAsync(AsyncPipeline pipeline)
    {
        var count = _files.Count == 1 ? "1 file" : FormattableString.Invariant($"{_files.Count} files");
        if (_path is not null)
            return pipeline.ShouldProcessAsync(_path, Expand ? $"Unpack and write a manifest of {count}" : $"Write a manifest of {count}");

        return Expand ? pipeline.ShouldProcessAsync(count, "Unpack") : Task.FromResult(true);
    }

    private async Task WriteAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var options = new ManifestOptions { Form = As, Path = _path, Overwrite = Force, Expand = Expand };
        var manifest = FileManifest.Create(_files, options, cancellationToken);
        if (manifest.ExpiresAt is { } expiry && expiry <= DateTimeOffset.UtcNow)
            pipeline.WriteWarning("URLs have expired. List the files again: Get-BatchExportFile -IncludeUrl.");

        if (_path is null)
            await pipeline.WriteObjectAsync(manifest.Text);
        else
            manifest.Save(_path, Force);
    }
}
