using PSBatchExports.Configurations;

namespace PSBatchExports;

/// <summary>An export to copy.</summary>
/// <param name="Export">The export.</param>
/// <param name="Integrations">What <see cref="ExportCopyClient.ReadIntegrationsAsync"/> of its project returned.</param>
/// <param name="NewName">The name of the copy; null for that of the export.</param>
public sealed record ExportCopySource(BatchExport Export, ExportCopyIntegrations Integrations, string? NewName = null);

/// <summary>The integrations of a project whose exports are copied.</summary>
public sealed class ExportCopyIntegrations
{
    internal ExportCopyIntegrations(IntegrationCatalog catalog) => Catalog = catalog;

    internal IntegrationCatalog Catalog { get; }
}

/// <summary>A copy of an export.</summary>
public sealed record ExportCopy
{
    internal ExportCopy(BatchExport source, DesiredConfiguration desired) => (Source, Desired) = (source, desired);

    /// <summary>The export that is copied.</summary>
    public BatchExport Source { get; }

    /// <summary>The name of the copy.</summary>
    public string Name => Desired.Name;

    /// <summary>The copy that an earlier call has made; it may be paused or not. Null for none.</summary>
    public BatchExport? Existing { get; init; }

    /// <summary>Why it cannot be copied; null if it can.</summary>
    public ExportCopyException? Conflict { get; init; }

    /// <summary>Whether the copy would write to where its source writes.</summary>
    public bool HasPlaceOfSource { get; init; }

    /// <summary>The settings of a newer service, which the copy does not have.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    internal DesiredConfiguration Desired { get; }
}

/// <summary>The copies to make of several exports, about which nothing is unresolved.</summary>
public sealed class ExportCopyPlan
{
    private readonly ExportCreation _creation;
    private readonly IntegrationCatalog _integrations;

    internal ExportCopyPlan(IReadOnlyList<ExportCopy> copies, ExportCreation creation, IntegrationCatalog integrations) =>
        (Copies, _creation, _integrations) = (copies, creation, integrations);

    /// <summary>The copies, in the order of their sources.</summary>
    public IReadOnlyList<ExportCopy> Copies { get; }

    /// <summary>Makes a copy, unless it is there.</summary>
    /// <param name="copy">One of <see cref="Copies"/>.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="ExportCopyException">Another export has its name.</exception>
    public async Task<BatchExport> CopyAsync(ExportCopy copy, CancellationToken cancellationToken = default)
    {
        if (copy.Conflict is { } conflict)
            throw conflict;

        if (copy.Existing is { } existing)
            return existing;

        try
        {
            return await _creation.CreateAsync(copy.Desired, _integrations, cancellationToken);
        }
        catch (ConfigurationException taken) when (taken.Reason == ConfigurationFailure.Moved)
        {
            throw new ExportCopyException(
                $"An export with the name '{DisplayText.Clean(copy.Name)}' has been made meanwhile.", ExportCopyFailure.NameTaken);
        }
    }
}
