using System.Runtime.CompilerServices;
using System.Text.Json;
using PSBatchExports.Backfills;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>Runs of scheduled exports (docs/wire.md, section 11).</summary>
public sealed class RunsClient
{
    // By default the server finds only the runs of the last seven days, even by id.
    private const string WholeHistory = "?after=2000-01-01T00%3A00%3A00Z";

    private readonly Api _api;
    private readonly KnownBackfills _backfills;

    internal RunsClient(Api api, KnownBackfills backfills) => (_api, _backfills) = (api, backfills);

    /// <summary>Reads one run, whatever its age.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<BatchExportRun> GetAsync(string batchExportId, string runId, CancellationToken cancellationToken = default)
    {
        var request = _api.Get(_api.Routes.Run(batchExportId, runId), WholeHistory);
        var run = await _api.SendAsync(request, BatchExportRun.Read, cancellationToken);
        return Complete(run, batchExportId) with { RunId = run.RunId ?? runId };
    }

    /// <summary>
    /// Lists an export's runs, by default newest first. Without a start of the window the server returns only the last seven days. For an
    /// export that does not exist, the list is empty.
    /// </summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="query">The runs; null for the server's default.</param>
    /// <param name="paging">The part to return; null for all. The total is unknown.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExportRun> ListAsync(
        string batchExportId, RunQuery? query = null, Paging? paging = null, CancellationToken cancellationToken = default)
    {
        query ??= new RunQuery();
        var request = _api.Get(_api.Routes.Runs(batchExportId), query.ToQuery());
        return new CursorWalk<BatchExportRun>(_api, request, Read, run => run.RunId) { Filter = query.Filter() }
            .ReadAsync(paging ?? Paging.All, cancellationToken);

        BatchExportRun Read(ref Utf8JsonReader json) => Complete(BatchExportRun.Read(ref json), batchExportId);
    }

    /// <summary>Lists an export's runs by the start of their data, oldest first.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="query">The runs; its order must be by the start of the data.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnexpectedResponseException">The service ignored the order.</exception>
    internal async IAsyncEnumerable<BatchExportRun> ListByIntervalAsync(
        string batchExportId, RunQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var latest = DateTimeOffset.MinValue;
        await foreach (var run in ListAsync(batchExportId, query, paging: null, cancellationToken))
        {
            if (run.DataIntervalStart < latest)
            {
                throw new UnexpectedResponseException(
                    "The service did not list the runs in the order of their data, so what is missing among them cannot be told.",
                    _api.Get(_api.Routes.Runs(batchExportId)).Failed);
            }

            latest = run.DataIntervalStart ?? latest;
            yield return run;
        }
    }

    /// <summary>Lists an export's runs page by page at the caller's pace; without a query all of them, newest first.</summary>
    internal IAsyncEnumerable<IReadOnlyList<BatchExportRun>> ListPagesAsync(
        string batchExportId, RunQuery? query, PageScheduler<BatchExportRun> schedule)
    {
        var request = _api.Get(_api.Routes.Runs(batchExportId), query?.ToQuery() ?? WholeHistory);
        return SequentialPages.ReadAsync(_api, request, BatchExportRun.Read, run => Complete(run, batchExportId), schedule);
    }

    /// <summary>
    /// Exports a run's interval again, with a backfill of exactly that interval. Retried only if it is certain that nothing was started
    /// (section 15).
    /// </summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The name of the backfill's workflow, which <see cref="BackfillsClient.GetAsync"/> accepts as its id.</returns>
    public async Task<string> RestartAsync(string batchExportId, string runId, CancellationToken cancellationToken = default)
    {
        var request = _api.Post(_api.Routes.RetryRun(batchExportId, runId), RetryMode.OnlyIfNotProcessed) with { Query = WholeHistory };
        var started = _api.Time.GetUtcNow();
        var name = (await _api.SendAsync(request, BackfillCreated.Read, cancellationToken)).BackfillId ?? "";
        _backfills.Add(name, _api.ServerClock.At(started));
        return name;
    }

    /// <summary>Requests the cancellation of a run; its status may change a little later.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task StopAsync(string batchExportId, string runId, CancellationToken cancellationToken = default)
    {
        var request = _api.Post(_api.Routes.CancelRun(batchExportId, runId), RetryMode.Always) with
        {
            Query = WholeHistory,
            IsAlreadyDone = Cancellation.IsAlreadyCancelled,
        };
        return _api.SendAsync(request, cancellationToken);
    }

    private BatchExportRun Complete(BatchExportRun run, string batchExportId) =>
        run with { BatchExportId = run.BatchExportId ?? batchExportId, ProjectId = _api.Scope.ProjectNumber, Origin = _api.Origin };
}
