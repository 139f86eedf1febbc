using System.Text.Json;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.OnDemand;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>On-demand runs, which produce files (docs/wire.md, section 13).</summary>
public sealed class OnDemandRunsClient
{
    private static readonly TimeSpan CountTimeout = TimeSpan.FromSeconds(60);

    private readonly Api _api;
    private readonly KnownRuns _known;

    internal OnDemandRunsClient(Api api, KnownRuns known) => (_api, _known) = (api, known);

    /// <summary>Starts a run, which is billed by rows. Retried only if it is certain that nothing was started (section 15).</summary>
    /// <param name="request">What to export.</param>
    /// <param name="cancellationToken">Cancels the request, not the run.</param>
    /// <exception cref="ArgumentException">The format does not support the compression.</exception>
    public async Task<BatchExportRun> StartAsync(OnDemandRunRequest request, CancellationToken cancellationToken = default)
    {
        if (FileFormats.Mismatch(request.Format, request.Compression) is { } reason)
            throw new ArgumentException(reason);

        var started = _api.Time.GetUtcNow();
        var post = _api.Post(_api.Routes.OnDemandRuns, RetryMode.OnlyIfNotProcessed, request.Write);
        var run = await _api.SendAsync(post, BatchExportRun.Read, cancellationToken);
        if (run.RunId is { } id)
            _known.Add(id, known => known with { Started = (started, _api.ServerClock.At(started), request) });

        return run with
        {
            Status = run.Status ?? RunStatus.Starting,
            ProjectId = _api.Scope.ProjectNumber,
            Origin = _api.Origin,
            DataIntervalStart = request.DataIntervalStart,
            DataIntervalEnd = request.DataIntervalEnd,
        };
    }

    /// <summary>Lists runs, newest first, with only their id and status.</summary>
    /// <param name="paging">The part to return; null for all.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExportRun> ListAsync(Paging? paging = null, CancellationToken cancellationToken = default) =>
        new OffsetWalk<BatchExportRun>(_api, _api.Routes.OnDemandRuns, Read, run => run.RunId)
            .ReadAsync(paging ?? Paging.All, cancellationToken);

    /// <summary>Lists runs page by page, newest first, at the caller's pace.</summary>
    internal IAsyncEnumerable<IReadOnlyList<BatchExportRun>> ListPagesAsync(int pageSize, PageScheduler<BatchExportRun> schedule)
    {
        var request = _api.Get(_api.Routes.OnDemandRuns, new Query().Add("limit", pageSize).ToString());
        return SequentialPages.ReadAsync(_api, request, BatchExportRun.Read, Complete, schedule);
    }

    /// <summary>Reads one run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<BatchExportRun> GetAsync(string runId, CancellationToken cancellationToken = default)
    {
        var run = await _api.SendAsync(_api.Get(_api.Routes.OnDemandRun(runId)), BatchExportRun.Read, cancellationToken);
        return Complete(run with { RunId = runId, LatestError = run.LatestError ?? DisplayText.Clean(run.Error) });
    }

    /// <summary>Cancels a run; its status may change a little later.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task StopAsync(string runId, CancellationToken cancellationToken = default)
    {
        var request = _api.Post(_api.Routes.CancelOnDemandRun(runId), RetryMode.Always);
        return _api.SendAsync(request with { IsAlreadyDone = Cancellation.IsAlreadyCancelled }, cancellationToken);
    }

    /// <summary>Counts the rows that a HogQL query would export, which takes the service up to half a minute.</summary>
    /// <param name="request">The query, its modifiers and bounds; the model must be hogql.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<long> CountRowsAsync(OnDemandRunRequest request, CancellationToken cancellationToken = default)
    {
        var post = _api.Post(_api.Routes.CountRows, RetryMode.Always, request.WriteQuery);
        var count = post with { MinTimeout = CountTimeout, IsRowCount = true };
        return (await _api.SendAsync(count, RowCount.Read, cancellationToken)).Count;
    }

    // The service returns neither the interval nor the creation time. Both are known if this client started the run.
    private BatchExportRun Read(ref Utf8JsonReader json) => Complete(BatchExportRun.Read(ref json));

    private BatchExportRun Complete(BatchExportRun run)
    {
        var started = run.RunId is { } id ? _known.Find(id).Started : null;
        return run with
        {
            ProjectId = _api.Scope.ProjectNumber,
            Origin = _api.Origin,
            DataIntervalStart = run.DataIntervalStart ?? started?.Request.DataIntervalStart,
            DataIntervalEnd = run.DataIntervalEnd ?? started?.Request.DataIntervalEnd,
            CreatedAt = run.CreatedAt ?? started?.ServerTime,
        };
    }
}
