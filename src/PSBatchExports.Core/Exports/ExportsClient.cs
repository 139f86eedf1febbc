namespace PSBatchExports;

/// <summary>Scheduled exports (docs/wire.md, section 6).</summary>
public sealed class ExportsClient
{
    private readonly Api _api;

    internal ExportsClient(Api api) => _api = api;

    /// <summary>Lists exports, newest first, as they arrive.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="paging">Which part; null for all.</param>
    /// <param name="filter">Which to hand out; null for all. With a filter the total is unknown.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<BatchExport> ListAsync(ApiScope scope, Paging? paging = null, Func<BatchExport, bool>? filter = null, CancellationToken cancellationToken = default) =>
        OffsetPager.ReadAsync(_api, Path(scope), wire => wire.PageBatchExport, export => export.Id, paging ?? Paging.All, filter, cancellationToken)
            .Select(export => Complete(export, scope), cancellationToken);

    /// <summary>Reads one export.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<BatchExport> GetAsync(ApiScope scope, string id, CancellationToken cancellationToken = default) =>
        Complete(await _api.SendAsync(_api.Get(Path(scope, id)), wire => wire.BatchExport, cancellationToken), scope);

    /// <summary>
    /// Makes an export. Never sent twice unless it is certain that nothing was made (section 15). Config keys that only the service may set are left out, so that
    /// the destination may be one that was read.
    /// </summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="fields">At least name, destination and interval.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<BatchExport> CreateAsync(ApiScope scope, BatchExportFields fields, CancellationToken cancellationToken = default)
    {
        fields = CreationRules.Apply(fields, _api.Observer.OnWarning);
        return Complete(await _api.SendAsync(_api.Post(Path(scope), Repeat.OnlyIfNothingHappened, fields.Write), wire => wire.BatchExport, cancellationToken), scope);
    }

    /// <summary>
    /// Changes an export: sends the given fields and what the server needs with them (the interval beside an offset, the other offset, the destination's
    /// type, an integration that must be named again), which is read first where it was not given.
    /// </summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="changes">The fields to change.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<BatchExport> UpdateAsync(ApiScope scope, string id, BatchExportFields changes, CancellationToken cancellationToken = default)
    {
        if (UpdateRules.NeedsStored(changes))
            changes = UpdateRules.Complete(changes, await GetAsync(scope, id, cancellationToken));

        var request = _api.Request(HttpMethod.Patch, Path(scope, id)) with { Body = changes.Write };
        return Complete(await _api.SendAsync(request, wire => wire.BatchExport, cancellationToken), scope);
    }

    /// <summary>
    /// Writes an export whole. Name, destination and interval must be given; config keys that are left out keep their values, offsets that are
    /// left out go back to their defaults.
    /// </summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<BatchExport> ReplaceAsync(ApiScope scope, string id, BatchExportFields fields, CancellationToken cancellationToken = default) =>
        Complete(await _api.SendAsync(_api.Request(HttpMethod.Put, Path(scope, id)) with { Body = fields.Write }, wire => wire.BatchExport, cancellationToken), scope);

    /// <summary>Removes an export; its running runs are cancelled.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task DeleteAsync(ApiScope scope, string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync(_api.Request(HttpMethod.Delete, Path(scope, id)) with { MeansDone = failure => failure is NotFoundException { Missing: MissingThing.Item } }, cancellationToken);

    /// <summary>Pauses the schedule; runs already started go on. No change if it is paused.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task PauseAsync(ApiScope scope, string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync(_api.Post(Path(scope, id) + "pause/", Repeat.Freely), cancellationToken);

    /// <summary>Takes the schedule up again. No change, and no backfill, if it is not paused.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="id">The export's id.</param>
    /// <param name="backfill">Whether to export what was missed while it was paused.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task ResumeAsync(ApiScope scope, string id, bool backfill = false, CancellationToken cancellationToken = default) =>
        _api.SendAsync(
            _api.Post(Path(scope, id) + "unpause/", Repeat.Freely, writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("backfill", backfill);
                writer.WriteEndObject();
            }),
            cancellationToken);

    private static string Path(ApiScope scope) => $"{scope.Prefix}batch_exports/";

    private static string Path(ApiScope scope, string id) => $"{Path(scope)}{ApiScope.Segment(id)}/";

    private BatchExport Complete(BatchExport export, ApiScope scope)
    {
        var project = export.ProjectId ?? scope.ProjectNumber;
        return export with
        {
            ProjectId = project,
            Connection = _api.Connection,
            LatestRuns = export.LatestRuns?.Select(run => Complete(run, export, project)).ToArray(),
            Clock = _api.ServerClock,
        };
    }

    private BatchExportRun Complete(BatchExportRun run, BatchExport export, int? project) => run with
    {
        ProjectId = project,
        BatchExportId = run.BatchExportId ?? export.Id,
        BatchExportName = export.Name,
        Connection = _api.Connection,
    };
}
