using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>
/// Says what can be proven about saved files: which are there, how many rows they have, and whether a row is there twice.
/// </summary>
[Cmdlet(
    VerbsDiagnostic.Test, "BatchExportFile",
    HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportFileProof))]
public sealed class TestBatchExportFileCommand : ProjectCmdlet
{
    private readonly ProofPlan _plan = new();
    private readonly Dictionary<(BatchExportClient, ApiScope, string), BatchExportRun> _runs = [];
    private string[] _paths = [];
    private bool _isRunTyped;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [AllowEmptyCollection]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string? RunId { get; set; }

    [Parameter]
    public ProofLevel Level { get; set; } = ProofLevel.Counts;

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    // The run of a piped file is compared with the service only if that can be asked.
    private protected override bool IsConnectionRequired => _isRunTyped;

    private protected override void Prepare()
    {
        _isRunTyped = IsBound(nameof(RunId));
        base.Prepare();
    }

    private protected override void PrepareRecord()
    {
        if (!string.IsNullOrEmpty(RunId))
            base.PrepareRecord();

        _paths = [.. Path.SelectMany(Resolve)];
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, _paths, async path =>
        {
            var run = await ReadRunAsync(cancellationToken);
            await TryAsync(pipeline, path, () =>
            {
                if (!File.Exists(path) && !Directory.Exists(path))
                    pipeline.WriteError(ErrorRecords.PathNotFound(path));
                else if (!_plan.Add(path, run) && run is not null)
                    pipeline.WriteError(ErrorRecords.NothingToProve(path, run.RunId!));

                return Task.CompletedTask;
            });
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var progress = new ProofProgressBar(pipeline);
        var options = new ProofOptions { Level = Level, OnProgress = progress.OnProgress };
        try
        {
            await foreach (var proof in _plan.ProveAsync(options, cancellationToken))
                await pipeline.WriteObjectAsync(proof);
        }
        catch (FileSaveException failure)
        {
            pipeline.WriteError(ErrorRecords.TemporaryFileFailed(failure));
            await pipeline.FlushAsync();
        }
        finally
        {
            progress.Complete();
        }
    }

    private static async Task TryAsync(AsyncPipeline pipeline, string path, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            pipeline.WriteError(ErrorRecords.ProofFailed(failure, path));
            await pipeline.FlushAsync();
        }
    }

    private async Task<BatchExportRun?> ReadRunAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(RunId) || !IsConnected)
            return null;

        var key = (Client, Scope, RunId);
        if (!_runs.TryGetValue(key, out var run))
            _runs[key] = run = await Api.OnDemandRuns.GetAsync(RunId, cancellationToken);

        return run;
    }

    private IEnumerable<string> Resolve(string path)
    {
        if (string.IsNullOrEmpty(path))
            return [];

        var found = this.ExistingPathsOf(path);
        if (found.Count > 0)
            return found;

        if (this.FileSystemPathOf(path) is { } missing)
            return [missing];

        WriteError(ErrorRecords.NotAFilePath(path));
        return [];
    }
}
