using System.Globalization;
using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Integrations;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>Integrations, the stored credentials of a project (docs/wire.md, section 16).</summary>
public sealed class IntegrationsClient
{
    private readonly Api _api;
    private readonly ExportsClient _exports;

    internal IntegrationsClient(Api api, ExportsClient exports)
    {
        _api = api;
        _exports = exports;
    }

    /// <summary>Lists integrations, oldest first.</summary>
    /// <param name="paging">The part to return; null for all.</param>
    /// <param name="filter">Selects integrations; null for all. With a filter the total is unknown.</param>
    /// <param name="includeUse">Whether to read which exports use each.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async IAsyncEnumerable<BatchExportIntegration> ListAsync(
        Paging? paging = null,
        Func<BatchExportIntegration, bool>? filter = null,
        bool includeUse = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var walk = new OffsetWalk<IntegrationRow>(
            _api,
            _api.Routes.Integrations,
            IntegrationRow.Read,
            row => row.Id.ToString(CultureInfo.InvariantCulture))
        {
            Filter = filter is null ? null : row => filter(Complete(row)),
        };
        ILookup<int, string>? uses = null;
        await foreach (var row in walk.ReadAsync(paging ?? Paging.All, cancellationToken))
        {
            if (includeUse)
                uses ??= await ReadUsesAsync(cancellationToken);

            yield return Complete(row) with { UsedBy = uses?[row.Id].ToArray() };
        }
    }

    /// <summary>Reads one integration.</summary>
    /// <param name="id">The integration's number.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<BatchExportIntegration> GetAsync(int id, CancellationToken cancellationToken = default) =>
        Complete(await _api.SendAsync(_api.Get(_api.Routes.Integration(id)), IntegrationRow.Read, cancellationToken));

    /// <summary>The exports that use an integration, by name.</summary>
    /// <param name="id">The integration's number.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<IReadOnlyList<BatchExport>> ListUsersAsync(int id, CancellationToken cancellationToken = default)
    {
        var users = new List<BatchExport>();
        bool UsesIt(BatchExport export) => IntegrationReferences.Of(export).Contains(id);
        await foreach (var export in _exports.ListAsync(filter: UsesIt, cancellationToken: cancellationToken))
            users.Add(export);

        return [.. users.OrderBy(NameOf, StringComparer.OrdinalIgnoreCase).ThenBy(export => export.Id, StringComparer.Ordinal)];
    }

    private async Task<ILookup<int, string>> ReadUsesAsync(CancellationToken cancellationToken)
    {
        var uses = new List<(int Integration, string Export)>();
        await foreach (var export in _exports.ListAsync(cancellationToken: cancellationToken))
            uses.AddRange(IntegrationReferences.Of(export).Ids.Select(id => (id, NameOf(export))));

        return uses.OrderBy(use => use.Export, StringComparer.OrdinalIgnoreCase).ToLookup(use => use.Integration, use => use.Export);
    }

    private static string NameOf(BatchExport export) => export.Name ?? export.Id!;

    private BatchExportIntegration Complete(IntegrationRow row) => new()
    {
        IntegrationId = row.Id,
        Kind = row.Kind,
        Name = IntegrationName.Of(row),
        ProjectId = _api.Scope.ProjectNumber,
        CreatedAt = row.CreatedAt,
        ApiHost = _api.Host,
        Origin = _api.Origin,
    };
}
