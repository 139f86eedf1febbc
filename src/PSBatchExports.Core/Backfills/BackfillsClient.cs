using System.Text.Json;
using PSBatchExports.Backfills;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>Backfills of scheduled exports (docs/wire.md, section 12).</summary>
public sealed class BackfillsClient
{
    /// <summary>The service's fixed page size.</summary>
    internal const int PageSize = 50;

    private static readonly TimeSpan MaxVisibilityDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Api _api;
    private readonly ExportsClient _exports;
    private readonly KnownBackfills _known;

    internal BackfillsClient(Api api, ExportsClient exports, KnownBackfills known)
    {
        _api = api;
        _exports = exports;
        _known = known;
    }

    /// <summary>Lists an export's backfills, by default newest first.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="orderBy">created_at or start_at, with a minus for descending order; null for -created_at.</param>
    /// <param name="paging">The part to return; null for all. The total is unknown.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExportBackfill> ListAsync(
        string batchExportId, string? orderBy = null, Paging? paging = null, CancellationToken cancellationToken = default)
    {
        var request = _api.Get(_api.Routes.Backfills(batchExportId), new Query().Add("ordering", orderBy).ToString());
        return new CursorWalk<BatchExportBackfill>(_api, request, Read, backfill => backfill.BackfillId)
            .ReadAsync(paging ?? Paging.All, cancellationToken);

        BatchExportBackfill Read(ref Utf8JsonReader json) => Complete(BatchExportBackfill.Read(ref json), batchExportId);
    }

    /// <summary>
    /// Lists an export's backfills that its runs do not tell of: those in progress, whose runs come one after the other, and those that
    /// completed without a run because there were no rows. What is older than a page without such a backfill is not looked at.
    /// </summary>
    internal async Task<IReadOnlyList<BatchExportBackfill>> ListWithoutRunsAsync(string batchExportId, CancellationToken cancellationToken)
    {
        var found = new List<BatchExportBackfill>();
        var othersInARow = 0;
        await foreach (var backfill in ListAsync(batchExportId, cancellationToken: cancellationToken))
        {
            if (!backfill.IsFinished || backfill.HadNoRows)
            {
                found.Add(backfill);
                othersInARow = 0;
            }
            else if (++othersInARow == PageSize)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Finds the backfill of an interval that was started since a time; null if there is none.</summary>
    internal async Task<BatchExportBackfill?> FindStartedAsync(
        string batchExportId, TimeRange range, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await foreach (var backfill in ListAsync(batchExportId, orderBy: null, new Paging { First = PageSize }, cancellationToken))
        {
            if (backfill.CreatedAt >= since && backfill.StartAt == range.Start && backfill.EndAt == range.End)
                return backfill;
        }

        return null;
    }

    /// <summary>Lists an export's backfills page by page, newest first, at the caller's pace.</summary>
    internal IAsyncEnumerable<IReadOnlyList<BatchExportBackfill>> ListPagesAsync(
        string batchExportId, PageScheduler<BatchExportBackfill> schedule)
    {
        var request = _api.Get(_api.Routes.Backfills(batchExportId));
        return SequentialPages.ReadAsync(
            _api, request, BatchExportBackfill.Read, backfill => Complete(backfill, batchExportId), schedule);
    }

    /// <summary>
    /// Reads one backfill. One that this client just started may not be visible for some seconds: that is waited for briefly.
    /// </summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="backfillId">
    /// The backfill's UUID, or the name of its workflow, which is all that the service returns for a retried run. By name, the newest
    /// backfill of the interval is found; if this client started it, one that is not older.
    /// </param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public Task<BatchExportBackfill> GetAsync(string batchExportId, string backfillId, CancellationToken cancellationToken = default) =>
        OnceVisibleAsync(() => ReadAsync(batchExportId, backfillId, Paging.All, cancellationToken), backfillId, cancellationToken);

    /// <summary>Whether this client started a backfill so recently that the service may not show it yet.</summary>
    internal bool IsNew(string backfillId) => _known.IsNew(backfillId);

    /// <summary>Whether a backfill may be the one that an id or name was returned for, not an earlier one of the same name.</summary>
    internal bool MayBe(BatchExportBackfill backfill, string backfillId) => _known.MayBe(backfill, backfillId);

    /// <summary>Reads a backfill without waiting for it to become visible.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="backfillId">The backfill, as in <see cref="GetAsync"/>.</param>
    /// <param name="among">The part of the list to search for a name.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    internal async Task<BatchExportBackfill> ReadAsync(
        string batchExportId, string backfillId, Paging among, CancellationToken cancellationToken)
    {
        if (BackfillName.Parse(backfillId) is { } name)
            return await FindAsync(batchExportId, backfillId, name, among, cancellationToken);

        var request = _api.Get(_api.Routes.Backfill(batchExportId, backfillId));
        return Complete(await _api.SendAsync(request, BatchExportBackfill.Read, cancellationToken), batchExportId);
    }

    private async Task<BatchExportBackfill> FindAsync(
        string batchExportId, string backfillId, BackfillName name, Paging among, CancellationToken cancellationToken)
    {
        await foreach (var backfill in ListAsync(batchExportId, orderBy: null, among, cancellationToken))
        {
            // All others are older.
            if (!MayBe(backfill, backfillId))
                break;

            if (BackfillName.WindowOf(backfill) == name.Window)
                return backfill;
        }

        var request = _api.Get(_api.Routes.Backfills(batchExportId));
        throw new NotFoundException($"No backfill of that interval is listed: {backfillId}", request.Failed, MissingThing.Item);
    }

    /// <summary>
    /// Starts a backfill. Reads the export first, because the format of the bounds depends on its interval. Retried only if it is certain
    /// that nothing was started (section 15).
    /// </summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="startAt">The start, inclusive; null for the beginning of time, which few projects may use.</param>
    /// <param name="endAt">The end, exclusive.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The backfill's UUID; from older servers the name of its workflow.</returns>
    /// <exception cref="BackfillBoundException">The server refuses a bound, or would refuse it; nothing was started.</exception>
    public async Task<string> StartAsync(
        string batchExportId, DateTimeOffset? startAt, DateTimeOffset endAt, CancellationToken cancellationToken = default) =>
        await StartAsync(await _exports.GetAsync(batchExportId, cancellationToken), startAt, endAt, cancellationToken);

    /// <summary>Starts a backfill of an export that was just read.</summary>
    internal async Task<string> StartAsync(
        BatchExport export, DateTimeOffset? startAt, DateTimeOffset endAt, CancellationToken cancellationToken)
    {
        var start = startAt is { } from ? BackfillBound.Format(from, export, "StartAt") : null;
        var end = BackfillBound.Format(endAt, export, "EndAt");
        BackfillBound.CheckPair(startAt, endAt, export);
        var request = _api.Post(_api.Routes.Backfills(export.Id!), RetryMode.OnlyIfNotProcessed, writer => Write(writer, start, end));
        var started = _api.Time.GetUtcNow();
        try
        {
            var id = (await _api.SendAsync(request, BackfillCreated.Read, cancellationToken)).BackfillId ?? "";
            _known.Add(id, _api.ServerClock.At(started));
            return id;
        }
        catch (InvalidRequestException refusal) when (BackfillBound.IsInFuture(refusal))
        {
            throw BackfillBound.InFuture(end);
        }
    }

    /// <summary>Cancels a backfill and its runs. Waits for one that was just started, as in <see cref="GetAsync"/>.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="backfillId">The backfill, as in <see cref="GetAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task StopAsync(string batchExportId, string backfillId, CancellationToken cancellationToken = default)
    {
        return OnceVisibleAsync(CancelAsync, backfillId, cancellationToken);

        async Task<bool> CancelAsync()
        {
            var id = BackfillName.Parse(backfillId) is { } name
                ? (await FindAsync(batchExportId, backfillId, name, Paging.All, cancellationToken)).BackfillId ?? ""
                : backfillId;
            var request = _api.Post(_api.Routes.CancelBackfill(batchExportId, id), RetryMode.Always);
            return await _api.SendAsync(request with { IsAlreadyDone = Cancellation.IsAlreadyCancelled }, cancellationToken);
        }
    }

    private async Task<T> OnceVisibleAsync<T>(Func<Task<T>> ask, string backfillId, CancellationToken cancellationToken)
    {
        var remaining = _known.IsNew(backfillId) ? MaxVisibilityDelay : TimeSpan.Zero;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NotFoundException missing) when (missing.Missing == MissingThing.Item && remaining > TimeSpan.Zero)
            {
                remaining -= PollInterval;
                await Task.Delay(PollInterval, _api.Time, cancellationToken);
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, string? start, string end)
    {
        writer.WriteStartObject();
        writer.WriteString("start_at", start);
        writer.WriteString("end_at", end);
        writer.WriteEndObject();
    }

    private BatchExportBackfill Complete(BatchExportBackfill backfill, string batchExportId) => backfill with
    {
        BatchExportId = backfill.BatchExportId ?? batchExportId,
        ProjectId = backfill.ProjectId ?? _api.Scope.ProjectNumber,
        Origin = _api.Origin,
    };
}
