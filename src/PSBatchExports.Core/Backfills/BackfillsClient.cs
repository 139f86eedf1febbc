using System.Text.Json;

namespace PSBatchExports;

/// <summary>Backfills of scheduled exports (docs/wire.md, section 12).</summary>
public sealed class BackfillsClient
{
    private static readonly TimeSpan LongestUnseen = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Api _api;
    private readonly ExportsClient _exports;

    internal BackfillsClient(Api api, ExportsClient exports)
    {
        _api = api;
        _exports = exports;
    }

    /// <summary>Lists an export's backfills, newest first unless asked otherwise, as they arrive.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="orderBy">created_at or start_at, with a minus for descending; null for -created_at.</param>
    /// <param name="paging">Which part; null for all. The service knows no total.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<BatchExportBackfill> ListAsync(ApiScope scope, string batchExportId, string? orderBy = null, Paging? paging = null, CancellationToken cancellationToken = default) =>
        CursorPager.ReadAsync(
                _api,
                _api.Get(Path(scope, batchExportId), new Query().Add("ordering", orderBy).ToString()),
                wire => wire.PageBatchExportBackfill,
                backfill => backfill.BackfillId,
                filter: null,
                paging ?? Paging.All,
                cancellationToken)
            .Select(backfill => Complete(backfill, scope, batchExportId), cancellationToken);

    /// <summary>Reads one backfill. One that was just made may not be there for some seconds: that is waited for briefly.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="backfillId">The backfill.</param>
    /// <param name="isNew">Whether it was just made.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<BatchExportBackfill> GetAsync(ApiScope scope, string batchExportId, string backfillId, bool isNew = false, CancellationToken cancellationToken = default) =>
        OnceSeenAsync(
            async () => Complete(await _api.SendAsync(_api.Get(Path(scope, batchExportId, backfillId)), wire => wire.BatchExportBackfill, cancellationToken), scope, batchExportId),
            isNew,
            cancellationToken);

    /// <summary>
    /// Starts a backfill. Reads the export first, because the form of the bounds depends on its interval. Never sent twice unless it is certain that
    /// nothing was started (section 15).
    /// </summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="startAt">Start, inclusive; null from the beginning of time, which few projects may.</param>
    /// <param name="endAt">End, exclusive.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The backfill's id; from older servers the name of its workflow.</returns>
    /// <exception cref="BackfillBoundException">The server refuses a bound, or would; nothing was started.</exception>
    public async Task<string> StartAsync(ApiScope scope, string batchExportId, DateTimeOffset? startAt, DateTimeOffset endAt, CancellationToken cancellationToken = default)
    {
        var export = await _exports.GetAsync(scope, batchExportId, cancellationToken);
        var start = startAt is { } from ? BackfillBound.Format(from, export, "StartAt") : null;
        var end = BackfillBound.Format(endAt, export, "EndAt");
        BackfillBound.CheckPair(startAt, endAt, export);
        var request = _api.Post(Path(scope, batchExportId), Repeat.OnlyIfNothingHappened, writer => Write(writer, start, end));
        try
        {
            return (await _api.SendAsync(request, wire => wire.BackfillCreated, cancellationToken)).BackfillId ?? "";
        }
        catch (InvalidRequestException refusal) when (BackfillBound.IsInFuture(refusal))
        {
            throw BackfillBound.InFuture(end);
        }
    }

    /// <summary>Cancels a backfill and its runs. One that was just made is waited for as in <see cref="GetAsync"/>.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="backfillId">The backfill.</param>
    /// <param name="isNew">Whether it was just made.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task StopAsync(ApiScope scope, string batchExportId, string backfillId, bool isNew = false, CancellationToken cancellationToken = default) =>
        OnceSeenAsync(
            () => _api.SendAsync(_api.Post(Path(scope, batchExportId, backfillId) + "cancel/", Repeat.Freely) with { MeansDone = Cancellation.WasDone }, cancellationToken),
            isNew,
            cancellationToken);

    private async Task<T> OnceSeenAsync<T>(Func<Task<T>> ask, bool isNew, CancellationToken cancellationToken)
    {
        var patience = isNew ? LongestUnseen : TimeSpan.Zero;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NotFoundException missing) when (missing.Missing == MissingThing.Item && patience > TimeSpan.Zero)
            {
                patience -= LookAgain;
                await Task.Delay(LookAgain, _api.Time, cancellationToken);
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

    private BatchExportBackfill Complete(BatchExportBackfill backfill, ApiScope scope, string batchExportId) => backfill with
    {
        BatchExportId = backfill.BatchExportId ?? batchExportId,
        ProjectId = backfill.ProjectId ?? scope.ProjectNumber,
        Connection = _api.Connection,
    };

    private static string Path(ApiScope scope, string batchExportId) => $"{scope.Prefix}batch_exports/{ApiScope.Segment(batchExportId)}/backfills/";

    private static string Path(ApiScope scope, string batchExportId, string backfillId) => $"{Path(scope, batchExportId)}{ApiScope.Segment(backfillId)}/";
}
