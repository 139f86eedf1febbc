using PSBatchExports.Configurations;
using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>Copies exports to the project, paused.</summary>
public sealed class ExportCopyClient
{
    private readonly Api _api;
    private readonly ExportsClient _exports;
    private readonly IntegrationsClient _integrations;

    internal ExportCopyClient(Api api, ExportsClient exports, IntegrationsClient integrations) =>
        (_api, _exports, _integrations) = (api, exports, integrations);

    /// <summary>Reads what is needed to copy exports of this project to another.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<ExportCopyIntegrations> ReadIntegrationsAsync(CancellationToken cancellationToken = default) =>
        new(await IntegrationCatalog.ReadAsync(_integrations, cancellationToken));

    /// <summary>Reads what is needed to copy exports to this project; nothing is written.</summary>
    /// <param name="sources">The exports.</param>
    /// <param name="integrationNames">The names of integrations here by their names at the source; null for the same.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ExportCopyException">Integrations, secrets or names are unresolved; the exception has all of them.</exception>
    public async Task<ExportCopyPlan> PlanAsync(
        IReadOnlyList<ExportCopySource> sources,
        IReadOnlyDictionary<string, string>? integrationNames = null,
        CancellationToken cancellationToken = default)
    {
        var integrations = await IntegrationCatalog.ReadAsync(_integrations, cancellationToken);
        var exports = new List<BatchExport>();
        await foreach (var export in _exports.ListAsync(cancellationToken: cancellationToken))
            exports.Add(export with { LatestRuns = null });

        var names = integrationNames ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var planner = new ExportCopyPlanner(exports, integrations, names);
        var copies = sources.Select(source => planner.Plan(source)).ToArray();
        planner.ThrowIfUnresolved();
        return new(copies, new ExportCreation(_exports, _api.Transport.Options.TimeProvider), integrations);
    }
}
