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
            var files = await Client.Files.ListAsync(Scope, id, Ids.Given(Part), cancellationToken);
            if (files.Count == 0)
                pipeline.WriteWarning($"Run {id} has no files: it found nothing to export.");

            foreach (var file in files)
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
            await foreach (var outcome in Client.Files.SaveAsync(_files, Options(progress), cancellationToken))
            {
                if (outcome.Saved is { } saved)
                    await pipeline.WriteObjectAsync(saved);
                else
                    Report(pipeline, ErrorRecords.FileFailed(outcome, ErrorContext), outcome.Failure!);
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
}
