using System.Globalization;

namespace PSBatchExports.Configurations;

/// <summary>The integrations of a project by kind and name, as files refer to them.</summary>
internal sealed class IntegrationCatalog(IReadOnlyList<BatchExportIntegration> integrations)
{
    public static readonly IntegrationCatalog Empty = new([]);

    private readonly Dictionary<int, BatchExportIntegration> _byId = integrations.ToDictionary(integration => integration.IntegrationId);

    public static async Task<IntegrationCatalog> ReadAsync(IntegrationsClient client, CancellationToken cancellationToken)
    {
        var all = new List<BatchExportIntegration>();
        await foreach (var integration in client.ListAsync(cancellationToken: cancellationToken))
            all.Add(integration);

        return new(all);
    }

    /// <summary>The reference to an integration; one that the project does not list is referred to by its number.</summary>
    public Dictionary<string, object?> ReferenceTo(int id)
    {
        var known = _byId.GetValueOrDefault(id);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [ConfigurationKey.IntegrationKind] = known?.Kind,
            [ConfigurationKey.IntegrationName] = known?.Name ?? id.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>"Export bucket key (aws-s3)".</summary>
    public static string Describe(Dictionary<string, object?> reference)
    {
        var (name, kind) = (
            reference.GetValueOrDefault(ConfigurationKey.IntegrationName), reference.GetValueOrDefault(ConfigurationKey.IntegrationKind));
        return $"{name} ({kind})";
    }

    /// <summary>The same integrations under the names that they have in another project.</summary>
    /// <param name="names">The new names by the old ones; one that is not in it is kept.</param>
    public IntegrationCatalog Renamed(IReadOnlyDictionary<string, string> names) =>
        new(
        [
            .. from integration in integrations
               select integration with { Name = names.GetValueOrDefault(integration.Name, integration.Name) },
        ]);

    /// <summary>The name of an integration; null for one that the project does not list.</summary>
    public string? NameOf(int id) => _byId.GetValueOrDefault(id)?.Name;

    public bool Has(int id) => _byId.ContainsKey(id);

    /// <summary>The number of the integration that a reference names.</summary>
    /// <exception cref="ConfigurationException">There is none, or several.</exception>
    public int Find(Dictionary<string, object?> reference)
    {
        var (kind, name) = (reference[ConfigurationKey.IntegrationKind] as string, reference[ConfigurationKey.IntegrationName] as string);
        var found = integrations.Where(integration => integration.Kind == kind && integration.Name == name).ToArray();
        if (found is [var only])
            return only.IntegrationId;

        var names = integrations.Where(integration => integration.Kind == kind)
            .Select(integration => $"'{DisplayText.Clean(integration.Name)}'")
            .ToArray();
        var others = names.Length == 0 ? "There are none of that kind." : $"Of that kind there are: {string.Join(", ", names)}.";
        var message = found.Length == 0
            ? $"The project has no integration of kind {kind} with the name '{DisplayText.Clean(name)}'. {others}"
            : $"The project has {found.Length} integrations of kind {kind} with the name '{DisplayText.Clean(name)}'.";
        throw new ConfigurationException(message, ConfigurationFailure.IntegrationNotFound);
    }
}
