namespace PSBatchExports;

/// <summary>Runs of scheduled exports (docs/wire.md, section 11).</summary>
public sealed class RunsClient
{
    // Without a wide window the server finds only the runs of the last seven days, even by id.
    private const string WholeHistory = "?after=2000-01-01T00%3A00%3A00Z";

    private readonly Api _api;

    internal RunsClient(Api api) => _api = api;

    /// <summary>Reads one run, whatever its age.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<BatchExportRun> GetAsync(ApiScope scope, string batchExportId, string runId, CancellationToken cancellationToken = default)
    {
        var run = await _api.SendAsync(ApiRequest.Get(Path(scope, batchExportId, runId), WholeHistory), WireContext.Default.BatchExportRun, cancellationToken);
        return run with { RunId = run.RunId ?? runId, BatchExportId = run.BatchExportId ?? batchExportId, ProjectId = scope.ProjectNumber };
    }

    /// <summary>Asks for a run to be cancelled; the status may follow a little later.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task StopAsync(ApiScope scope, string batchExportId, string runId, CancellationToken cancellationToken = default) =>
        _api.SendAsync(
            ApiRequest.Post(Path(scope, batchExportId, runId) + "cancel/", Repeat.Freely) with { Query = WholeHistory, MeansDone = Cancellation.WasDone },
            cancellationToken);

    private static string Path(ApiScope scope, string batchExportId, string runId) =>
        $"{scope.Prefix}batch_exports/{ApiScope.Segment(batchExportId)}/runs/{ApiScope.Segment(runId)}/";
}
