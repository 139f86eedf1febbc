using PSBatchExports.Configurations;
using PSBatchExports.Exports;
using PSBatchExports.Http;
using PSBatchExports.Integrations;

namespace PSBatchExports;

/// <summary>Compares a project with configuration files, and makes it equal to them (docs/wire.md, section 18).</summary>
public sealed class ConfigurationsClient
{
    private readonly Api _api;
    private readonly ExportsClient _exports;
    private readonly SharedRead<IntegrationCatalog> _catalog;
    private ExportCreation? _creation;

    internal ConfigurationsClient(Api api, ExportsClient exports, IntegrationsClient integrations)
    {
        (_api, _exports) = (api, exports);
        _catalog = new(stop => IntegrationCatalog.ReadAsync(integrations, stop));
    }

    /// <summary>The text of the file of an export.</summary>
    /// <param name="export">The export.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ConfigurationException">The project does not list the export's integration.</exception>
    public async Task<BatchExportConfigurationFile> ToFileAsync(BatchExport export, CancellationToken cancellationToken = default)
    {
        var used = IntegrationReferencesOf(export).ToArray();
        var catalog = await CatalogAsync(used.Length > 0, cancellationToken);
        var missing = used.Where(id => !catalog.Has(id)).ToArray();
        if (missing.Length > 0)
        {
            throw new ConfigurationException(
                FormattableString.Invariant($"'{DisplayText.Clean(export.Name)}' uses integration {missing[0]}, ")
                + "which the project does not list.",
                ConfigurationFailure.IntegrationNotFound);
        }

        return new(export, schema => ConfigurationWriter.Write(export, catalog, schema), ExportValues.UnknownKeys(export));
    }

    /// <summary>Compares the exports of the project with files. The list of exports is read once.</summary>
    /// <param name="path">The full path of a folder, which is read with the folders in it, or of a file.</param>
    /// <param name="overlay">The full path of the overlay; null for none.</param>
    /// <param name="isInScope">Whether the files are the whole truth about a name; null for no name.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ConfigurationFileException">The overlay cannot be used.</exception>
    /// <exception cref="ConfigurationException">The folder holds no configuration.</exception>
    public async Task<ConfigurationComparisonResult> CompareAsync(
        string path, string? overlay = null, Func<string, bool>? isInScope = null, CancellationToken cancellationToken = default)
    {
        var folder = ConfigurationFolder.Read(path, overlay);
        var wanted = folder.Exports.SelectMany(NamesOf).ToHashSet(StringComparer.Ordinal);
        var exports = new List<BatchExport>();
        await foreach (var export in _exports.ListAsync(cancellationToken: cancellationToken))
        {
            if (wanted.Contains(export.Name ?? "") || isInScope?.Invoke(export.Name ?? "") == true)
                exports.Add(export with { LatestRuns = null });
        }

        var isNeeded = folder.Exports.Any(desired => desired.UsesIntegrations)
            || exports.Exists(export => IntegrationReferencesOf(export).Any());
        var comparer = new ConfigurationComparer(exports, await CatalogAsync(isNeeded, cancellationToken), folder.Exports, isInScope);
        var failures = folder.Failures.ToList();
        var differences = new List<BatchExportConfigurationDifference>();
        foreach (var desired in folder.Exports)
        {
            try
            {
                differences.Add(comparer.Compare(desired));
            }
            catch (ConfigurationException failure)
            {
                failures.Add(failure);
            }
        }

        foreach (var left in comparer.Abandoned(differences))
            _api.Observer.OnWarning(DescribeAbandoned(left));

        if (isInScope is not null)
            AddRemovals(folder, comparer.ToRemove(isInScope), differences, failures);

        return new([.. differences.Select(Complete)], failures);
    }

    /// <summary>
    /// Makes one export equal to its configuration. It is read again first: nothing is written if it is equal already, or is not as it was
    /// compared.
    /// </summary>
    /// <param name="difference">What <see cref="CompareAsync"/> returned.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The export; null if it was removed.</returns>
    /// <exception cref="ConfigurationException">The export has moved, or an integration or a secret is not there.</exception>
    public async Task<BatchExport?> ApplyAsync(BatchExportConfigurationDifference difference, CancellationToken cancellationToken = default)
    {
        if (difference.Compared is null && difference.Desired is null)
        {
            throw new ConfigurationException(
                "A difference that was serialized cannot be applied. Compare in the same session.", ConfigurationFailure.Deserialized);
        }

        var desired = difference.Desired as DesiredConfiguration;
        var catalog = await CatalogAsync(desired?.UsesIntegrations == true, cancellationToken);
        _creation ??= new ExportCreation(_exports, _api.Transport.Options.TimeProvider);
        if (difference.Compared is not { } compared)
            return await _creation.CreateAsync(desired!, catalog, cancellationToken);

        var stored = await ReadAsync(difference, compared, cancellationToken);
        if (stored is null)
            return null;

        if (desired is null)
        {
            CheckUnmoved(difference, compared, stored);
            await _exports.DeleteAsync(stored.Id!, cancellationToken);
            return null;
        }

        if (ConfigurationComparer.Differences(stored, desired, catalog).Count == 0)
            return stored;

        CheckUnmoved(difference, compared, stored);
        var replacement = new ExportReplacement(_exports, _creation, catalog);
        if (difference.Change == ConfigurationChange.Replace)
            return await replacement.RunAsync(desired, stored, cancellationToken);

        return ExportReplacement.IsUnfinished(stored, desired)
            ? await replacement.FinishAsync(desired, stored, cancellationToken)
            : await ExportUpdate.ApplyAsync(_exports, stored, desired, catalog, cancellationToken);
    }

    private BatchExportConfigurationDifference Complete(BatchExportConfigurationDifference difference) => difference with
    {
        ProjectId = difference.ProjectId ?? _api.Scope.ProjectNumber,
        Origin = _api.Origin,
    };

    private async Task<BatchExport?> ReadAsync(
        BatchExportConfigurationDifference difference, BatchExport compared, CancellationToken cancellationToken)
    {
        try
        {
            return await _exports.GetAsync(compared.Id!, cancellationToken);
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item && difference.Change == ConfigurationChange.Remove)
        {
            return null;
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item)
        {
            throw new ConfigurationException(
                $"'{DisplayText.Clean(difference.Name)}' has been removed since the comparison. Compare again.",
                ConfigurationFailure.Moved);
        }
    }

    private static void CheckUnmoved(BatchExportConfigurationDifference difference, BatchExport compared, BatchExport stored)
    {
        if (!ConfigurationComparer.IsSame(compared, stored))
        {
            throw new ConfigurationException(
                $"'{DisplayText.Clean(difference.Name)}' has been changed since the comparison. Compare again.",
                ConfigurationFailure.Moved);
        }
    }

    private static string DescribeAbandoned(BatchExport left) =>
        $"'{DisplayText.Clean(left.Name)}' was left by a replacement that was cut off and is not wanted any more. It is paused. "
        + $"Remove it: Remove-BatchExport {left.Id}.";

    private static void AddRemovals(
        ConfigurationFolder folder,
        IEnumerable<BatchExportConfigurationDifference> removals,
        List<BatchExportConfigurationDifference> differences,
        List<Exception> failures)
    {
        var superfluous = removals.ToArray();
        if (superfluous.Length == 0)
            return;

        if (folder.IsFolder && failures.Count == 0)
        {
            differences.AddRange(superfluous);
            return;
        }

        var reason = folder.IsFolder ? "not every file could be compared" : "a single file is not the whole truth about several names";
        var names = string.Join(", ", superfluous.GroupBy(difference => difference.Name, StringComparer.Ordinal).Select(DescribeNamed));
        failures.Add(new ConfigurationException(
            $"No export is listed for removal, because {reason}. Without a file are: {names}.",
            ConfigurationFailure.FolderIncomplete));
    }

    private static string DescribeNamed(IGrouping<string, BatchExportConfigurationDifference> named)
    {
        var ids = named.Select(difference => difference.BatchExportId).ToArray();
        return $"'{DisplayText.Clean(named.Key)}'{(ids.Length > 1 ? $" ({string.Join(", ", ids)})" : "")}";
    }

    private static IEnumerable<string> NamesOf(DesiredConfiguration desired)
    {
        yield return desired.Name;
        foreach (var name in ExportReplacement.NamesOf(desired.Name))
            yield return name;

        if (desired.PreviousName is { } previous)
            yield return previous;
    }

    private static IEnumerable<int> IntegrationReferencesOf(BatchExport export) => IntegrationReferences.Of(export).Ids;

    // The list needs a scope of its own, which keys may lack.
    private Task<IntegrationCatalog> CatalogAsync(bool isNeeded, CancellationToken cancellationToken) =>
        isNeeded ? _catalog.GetAsync(cancellationToken) : Task.FromResult(IntegrationCatalog.Empty);
}

/// <summary>What a comparison has found.</summary>
/// <param name="Differences">By the name of the file's export; then exports without a file. Equal ones are among them.</param>
/// <param name="Failures">Why some files, or exports, could not be compared.</param>
public sealed record ConfigurationComparisonResult(
    IReadOnlyList<BatchExportConfigurationDifference> Differences, IReadOnlyList<Exception> Failures);
