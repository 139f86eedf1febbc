using PSBatchExports.Http;

namespace PSBatchExports.Configurations;

/// <summary>Creates exports, each once: a name that is there is not made again, also if the answer to its creation was lost.</summary>
internal sealed class ExportCreation(ExportsClient exports, TimeProvider time)
{
    // A list this old may lack an export that somebody else has made meanwhile.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private ILookup<string, BatchExport>? _named;
    private DateTimeOffset _readAt;

    /// <exception cref="ConfigurationException">Another call has made an export of that name.</exception>
    public async Task<BatchExport> CreateAsync(
        DesiredConfiguration desired, IntegrationCatalog integrations, CancellationToken cancellationToken)
    {
        if (_made.Contains(desired.Name) || (await NamedAsync(desired.Name, cancellationToken)).Length > 0)
        {
            throw new ConfigurationException(
                $"An export with the name '{DisplayText.Clean(desired.Name)}' has been made since the comparison. Compare again.",
                ConfigurationFailure.Moved);
        }

        var made = await SendAsync(desired, integrations, cancellationToken);
        _made.Add(desired.Name);
        return made;
    }

    /// <summary>Creates an export, or makes the one equal to it that a call which was cut off has made.</summary>
    /// <param name="desired">The export to create.</param>
    /// <param name="names">The names that such a call may have given it.</param>
    /// <param name="integrations">The integrations of the project.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ConfigurationException">It is another export.</exception>
    public async Task<BatchExport> FindOrCreateAsync(
        DesiredConfiguration desired, IReadOnlyList<string> names, IntegrationCatalog integrations, CancellationToken cancellationToken)
    {
        var named = new List<BatchExport>();
        foreach (var name in names)
            named.AddRange(await NamedAsync(name, cancellationToken));

        if (named is not [var found, ..])
            return await SendAsync(desired, integrations, cancellationToken);

        if (named.Count > 1 || !found.Paused || !ConfigurationComparer.CanUpdate(found, desired, integrations))
        {
            throw new ConfigurationException(
                $"The name '{DisplayText.Clean(found.Name)}' is needed for the new export, but export {found.Id} has it, which runs or "
                + "has another model or type. Nothing was changed. Rename or remove it.",
                ConfigurationFailure.NameNotUnique);
        }

        return await ExportUpdate.ApplyAsync(exports, found, desired, integrations, cancellationToken);
    }

    private async Task<BatchExport> SendAsync(
        DesiredConfiguration desired, IntegrationCatalog integrations, CancellationToken cancellationToken)
    {
        var fields = ConfigurationFields.ToCreate(desired, integrations);
        try
        {
            return await exports.CreateAsync(fields, cancellationToken);
        }
        catch (BatchExportException failure) when (RetryRules.IsTransient(failure) && !RetryRules.WasNotProcessed(failure))
        {
            _named = null;
            if (await NamedAsync(desired.Name, cancellationToken) is [var made])
                return made;

            throw;
        }
    }

    private async Task<BatchExport[]> NamedAsync(string name, CancellationToken cancellationToken)
    {
        if (_named is null || time.GetUtcNow() - _readAt > MaxAge)
        {
            var all = new List<BatchExport>();
            await foreach (var export in exports.ListAsync(cancellationToken: cancellationToken))
                all.Add(export with { LatestRuns = null });

            (_named, _readAt) = (all.ToLookup(export => export.Name ?? "", StringComparer.Ordinal), time.GetUtcNow());
        }

        return [.. _named[name]];
    }
}
