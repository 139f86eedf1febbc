using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Reads the logs of batch exports or runs, newest first; with -Follow oldest first, as new lines arrive.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExportLog",
    DefaultParameterSetName = ProjectSet,
    SupportsPaging = true,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportLogEntry))]
public sealed class GetBatchExportLogCommand : ProjectOrOrganizationCmdlet
{
    private readonly List<(string Id, Func<AsyncPipeline, ListProgress, CancellationToken, Task> FollowAsync)> _followed = [];

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [AllowEmptyCollection]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[]? BatchExportId { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[]? RunId { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? After { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? Before { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.LogLevelCompleter))]
    public string[]? Level { get; set; }

    [Parameter]
    public string? Search { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.InstanceIdCompleter))]
    public string? InstanceId { get; set; }

    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Log;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var exports = Ids.NonEmpty(BatchExportId);
        var runs = Ids.NonEmpty(RunId);
        if (exports is null && runs is null)
        {
            if (BatchExportId is not { Length: 0 } && RunId is not { Length: 0 })
                pipeline.WriteError(ErrorRecords.NoSourceForLog());

            return Task.CompletedTask;
        }

        if (exports is null)
            return ForEachAsync(pipeline, runs!, id => ReadOnDemandAsync(pipeline, id, cancellationToken));

        return ForEachExportAsync(pipeline, exports, async export =>
        {
            if (runs is null)
            {
                await ReadAsync(pipeline, Api.Logs, export, LogSource.Export(export), Query(), hasEnded: null, cancellationToken);
                return;
            }

            foreach (var run in runs)
                await ForItemAsync(pipeline, run, () => ReadRunAsync(pipeline, export, run, cancellationToken));
        }, cancellationToken);
    }

    // Logs are followed concurrently, because a followed log may never end.
    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (_followed.Count == 0)
            return;

        var progress = new ListProgress(pipeline, _followed.Count == 1 ? "Following the log" : $"Following {_followed.Count} logs");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _followed.Count, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(_followed, parallel, async (log, token) =>
                await ForItemAsync(pipeline, log.Id, () => log.FollowAsync(pipeline, progress, token)));
        }
        finally
        {
            progress.Complete();
        }
    }

    // Organizations have no routes for runs.
    private ScopedClient ProjectApi => Client.In(Service.Project(ProjectId));

    private async Task ReadRunAsync(AsyncPipeline pipeline, string export, string runId, CancellationToken cancellationToken)
    {
        var runs = ProjectApi.Runs;
        var run = await runs.GetAsync(export, runId, cancellationToken);
        await ReadAsync(
            pipeline,
            Api.Logs,
            runId,
            LogSource.Export(export, runId),
            Query().During(run),
            async token => (await runs.GetAsync(export, runId, token)).IsFinished,
            cancellationToken);
    }

    private Task ReadOnDemandAsync(AsyncPipeline pipeline, string runId, CancellationToken cancellationToken)
    {
        var project = ProjectApi;
        return ReadAsync(
            pipeline,
            project.Logs,
            runId,
            LogSource.OnDemandRun(runId),
            Query(),
            async token => (await project.OnDemandRuns.GetAsync(runId, token)).IsFinished,
            cancellationToken);
    }

    private Task ReadAsync(
        AsyncPipeline pipeline,
        LogsClient logs,
        string id,
        LogSource source,
        LogQuery query,
        Func<CancellationToken, Task<bool>>? hasEnded,
        CancellationToken cancellationToken)
    {
        if (!Follow)
        {
            var lines = logs.ReadAsync(source, query, PagingParameters.ToPaging(pipeline), cancellationToken);
            return pipeline.WriteAllAsync(lines, "Reading the log", onItem: null, cancellationToken);
        }

        var from = TimeProvider.System.GetUtcNow();
        _followed.Add((id, FollowAsync));
        return Task.CompletedTask;

        Task FollowAsync(AsyncPipeline writer, ListProgress progress, CancellationToken token)
        {
            var lines = logs.FollowAsync(source, query, hasEnded, _followed.Count, PagingParameters.ToPaging(writer), from, token);
            return writer.WriteAllAsync(lines, progress, onItem: null, token);
        }
    }

    private LogQuery Query() => new()
    {
        After = After,
        Before = Before,
        Levels = Level,
        Search = string.IsNullOrEmpty(Search) ? null : Search,
        InstanceId = string.IsNullOrEmpty(InstanceId) ? null : InstanceId,
    };
}
