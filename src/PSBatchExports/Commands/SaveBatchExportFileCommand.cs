using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Saves the files of runs on demand, each whole or not at all.</summary>
[Cmdlet(VerbsData.Save, "BatchExportFile", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, HelpUri = "https://posthog.com/docs/cdp/file-download-exports")]
[OutputType(typeof(SavedBatchExportFile))]
public sealed class SaveBatchExportFileCommand : ProjectCmdlet
{
    private readonly List<(ApiScope Scope, BatchExportFile File)> _files = [];
    private string _folder = "";

    /// <summary>Ids of runs that have completed.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    public string[] RunId { get; set; } = [];

    /// <summary>Ids or indexes of files. Default: all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FileId")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    public string[]? Part { get; set; }

    /// <summary>The folder, taken literally; made if missing. Default: the current one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>How many connections there may be at once. Default: 4.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>Replaces files of the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Starts over instead of going on with an interrupted download. Downloads do not go on yet, so today this changes nothing.</summary>
    [Parameter]
    public SwitchParameter NoResume { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.File;

    private protected override void Prepare()
    {
        base.Prepare();
        _folder = Folder();
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Part is { Length: 0 } ? Task.CompletedTask : ForEachAsync(pipeline, RunId, async id =>
        {
            foreach (var file in await Client.Files.ListAsync(Scope, id, Ids.Given(Part), cancellationToken))
            {
                if (!_files.Exists(known => known.File.FileId == file.FileId) && await pipeline.ShouldProcessAsync($"{Path} (file {file.Index} of run {id})", "Save file"))
                    _files.Add((Scope, file));
            }
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (_files.Count == 0)
            return;

        var progress = new SaveProgress(pipeline, _files.Count);
        try
        {
            var options = new SaveOptions { Folder = _folder, Overwrite = Force, Connections = ThrottleLimit, OnProgress = progress.OnProgress };
            await foreach (var outcome in Client.Files.SaveAsync(_files, options, cancellationToken))
            {
                if (outcome.Saved is { } saved)
                    await pipeline.WriteObjectAsync(saved);
                else
                    Report(pipeline, outcome.Failure!, outcome.File.FileId);
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

        ThrowTerminatingError(ErrorRecords.Invalid("NotAFolder", $"'{Path}' is not in the file system.", "Give a folder of the file system as -Path.", Path));
        return "";
    }
}
