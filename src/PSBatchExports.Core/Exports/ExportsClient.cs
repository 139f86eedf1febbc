using System.Text.Json;
using PSBatchExports.Exports;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports;

/// <summary>Scheduled exports (docs/wire.md, section 6).</summary>
public sealed class ExportsClient
{
    private readonly Api _api;

    internal ExportsClient(Api api) => _api = api;

    /// <summary>Lists exports, newest first.</summary>
    /// <param name="paging">The part to return; null for all.</param>
    /// <param name="filter">Selects exports; null for all. With a filter the total is unknown.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExport> ListAsync(
        Paging? paging = null, Func<BatchExport, bool>? filter = null, CancellationToken cancellationToken = default) =>
        new OffsetWalk<BatchExport>(_api, _api.Routes.Exports, Read, export => export.Id) { Filter = filter }
            .ReadAsync(paging ?? Paging.All, cancellationToken);

    /// <summary>Reads one export.</summary>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<BatchExport> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync(_api.Get(_api.Routes.Export(id)), Read, cancellationToken);

    /// <summary>
    /// Creates an export. Retried only if it is certain that nothing was created (section 15). Config keys that only the service may set
    /// are left out, so the destination of an existing export can be reused.
    /// </summary>
    /// <param name="fields">At least name, destination and interval.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<BatchExport> CreateAsync(BatchExportFields fields, CancellationToken cancellationToken = default)
    {
        fields = CreationRules.Apply(fields, _api.Observer.OnWarning);
        var request = _api.Post(_api.Routes.Exports, RetryMode.OnlyIfNotProcessed, fields.Write);
        return await _api.SendAsync(request, Read, cancellationToken);
    }

    /// <summary>
    /// Updates an export. Sends the given fields and what the server requires with them: the interval with an offset, the other offset, the
    /// destination's type, an integration that must be repeated. What was not given is read first.
    /// </summary>
    /// <param name="id">The export's id.</param>
    /// <param name="changes">The fields to change.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<BatchExport> UpdateAsync(string id, BatchExportFields changes, CancellationToken cancellationToken = default)
    {
        if (UpdateRules.NeedsStored(changes))
            changes = UpdateRules.Complete(changes, await GetAsync(id, cancellationToken));

        var request = _api.Request(HttpMethod.Patch, _api.Routes.Export(id)) with { Body = changes.Write };
        return await _api.SendAsync(request, Read, cancellationToken);
    }

    /// <summary>
    /// Replaces an export. Name, destination and interval are required. Config keys that are left out keep their values; offsets that are
    /// left out are reset to their defaults.
    /// </summary>
    /// <param name="id">The export's id.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<BatchExport> ReplaceAsync(string id, BatchExportFields fields, CancellationToken cancellationToken = default)
    {
        var request = _api.Request(HttpMethod.Put, _api.Routes.Export(id)) with { Body = fields.Write };
        return await _api.SendAsync(request, Read, cancellationToken);
    }

    /// <summary>Deletes an export and cancels its runs.</summary>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        var request = _api.Request(HttpMethod.Delete, _api.Routes.Export(id)) with { IsAlreadyDone = IsMissing };
        return _api.SendAsync(request, cancellationToken);

        static bool IsMissing(BatchExportException failure) => failure is NotFoundException { Missing: MissingThing.Item };
    }

    /// <summary>Pauses the schedule; runs already started continue. Does nothing if it is paused.</summary>
    /// <param name="id">The export's id.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task PauseAsync(string id, CancellationToken cancellationToken = default) =>
        _api.SendAsync(_api.Post(_api.Routes.PauseExport(id), RetryMode.Always), cancellationToken);

    /// <summary>Resumes the schedule. Does nothing, and no backfill, if it is not paused.</summary>
    /// <param name="id">The export's id.</param>
    /// <param name="backfill">Whether to backfill the time for which it was paused.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task ResumeAsync(string id, bool backfill = false, CancellationToken cancellationToken = default) =>
        _api.SendAsync(
            _api.Post(_api.Routes.UnpauseExport(id), RetryMode.Always, writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("backfill", backfill);
                writer.WriteEndObject();
            }),
            cancellationToken);

    private BatchExport Read(ref Utf8JsonReader json)
    {
        var export = BatchExport.Read(ref json);
        var project = export.ProjectId ?? _api.Scope.ProjectNumber;
        return export with
        {
            ProjectId = project,
            ApiHost = _api.Host,
            Origin = _api.Origin,
            LatestRuns = export.LatestRuns?.Select(run => Complete(run, export, project)).ToArray(),
            ReadAt = _api.ServerClock.GetUtcNow(),
        };
    }

    private BatchExportRun Complete(BatchExportRun run, BatchExport export, int? project) => run with
    {
        ProjectId = project,
        BatchExportId = run.BatchExportId ?? export.Id,
        BatchExportName = export.Name,
        Origin = _api.Origin,
    };
}
