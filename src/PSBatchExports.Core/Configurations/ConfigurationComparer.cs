namespace PSBatchExports.Configurations;

/// <summary>Compares what files say with the exports of a project.</summary>
internal sealed class ConfigurationComparer
{
    private readonly IntegrationCatalog _integrations;
    private readonly ILookup<string, BatchExport> _exports;
    private readonly HashSet<string> _described = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names;
    private readonly Func<string, bool> _isInScope;
    private readonly ILookup<string?, string> _renames;

    /// <param name="exports">The exports of the project.</param>
    /// <param name="integrations">Its integrations.</param>
    /// <param name="files">What all files say, none of which takes the export of another.</param>
    /// <param name="isInScope">Whether the files are the whole truth about a name; null for no name.</param>
    public ConfigurationComparer(
        IEnumerable<BatchExport> exports,
        IntegrationCatalog integrations,
        IReadOnlyCollection<DesiredConfiguration> files,
        Func<string, bool>? isInScope)
    {
        _isInScope = isInScope ?? (_ => false);
        _integrations = integrations;
        _names = files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        _renames = files.ToLookup(file => file.PreviousName, file => file.Name, StringComparer.Ordinal);
        _exports = exports.ToLookup(export => export.Name ?? "", StringComparer.Ordinal);
    }

    /// <summary>The difference between a file and the export that it describes.</summary>
    /// <exception cref="ConfigurationException">Several exports have the name, or an integration is not there.</exception>
    public BatchExportConfigurationDifference Compare(DesiredConfiguration desired)
    {
        _described.UnionWith([desired.Name, .. ExportReplacement.NamesOf(desired.Name)]);
        var named = Find(desired.Name);
        if (named is null && FindPrevious(desired) is { } renamed)
            return Compare(desired, renamed);

        if (named is not null)
        {
            CheckTakers(desired.Name);
            CheckPrevious(desired);
            return Compare(desired, named);
        }

        var left = ReplacementNamesOf(desired).Select(Find).FirstOrDefault(export => export is not null);
        return left is null ? ToCreate(desired) : Compare(ExportReplacement.Finished(desired, left), left);
    }

    /// <summary>The paused exports that replacements have left behind: they were cut off, and are not wanted any more.</summary>
    /// <param name="differences">What was compared.</param>
    public IEnumerable<BatchExport> Abandoned(IEnumerable<BatchExportConfigurationDifference> differences) =>
        from difference in differences
        where difference.Change is ConfigurationChange.Equal or ConfigurationChange.Update
        from name in ReplacementNamesOf((DesiredConfiguration)difference.Desired!)
        from left in _exports[name]
        where left.Id != difference.BatchExportId && left.Paused
        select left;

    // A file may describe an export of such a name.
    private IEnumerable<string> ReplacementNamesOf(DesiredConfiguration desired) =>
        ExportReplacement.NamesOf(desired.Name).Where(name => !_names.Contains(name));

    private BatchExport? FindPrevious(DesiredConfiguration desired)
    {
        if (desired.PreviousName is not { } previous || Find(previous) is not { } renamed)
            return null;

        _described.Add(previous);
        CheckTakers(previous);
        return renamed;
    }

    // An export is that of the file of its name, or of the one file that renames it.
    private void CheckTakers(string name)
    {
        var takers = _renames[name].Where(other => other != name && !_exports[other].Any())
            .Concat(_names.Where(other => other == name))
            .Select(other => $"'{DisplayText.Clean(other)}'")
            .ToArray();
        if (takers.Length > 1)
        {
            throw new ConfigurationException(
                $"Several files take the export '{DisplayText.Clean(name)}': those of {string.Join(", ", takers)}. Rename one by one.",
                ConfigurationFailure.NameNotUnique);
        }
    }

    // In a chain of renames the new name is still that of another export.
    private void CheckPrevious(DesiredConfiguration desired)
    {
        if (desired.PreviousName is { } previous && _exports[previous].Any() && !_names.Contains(previous) && _isInScope(previous))
        {
            throw new ConfigurationException(
                $"'{DisplayText.Clean(previous)}' cannot be renamed to '{DisplayText.Clean(desired.Name)}', because both exist. "
                + $"Rename '{DisplayText.Clean(desired.Name)}' first, or remove '{ConfigurationKey.PreviousName}' from the file.",
                ConfigurationFailure.NameNotUnique);
        }
    }

    /// <summary>The exports in a scope that no file describes, by name.</summary>
    /// <param name="isInScope">Whether the files are the whole truth about a name.</param>
    public IEnumerable<BatchExportConfigurationDifference> ToRemove(Func<string, bool> isInScope) =>
        from exports in _exports.OrderBy(exports => exports.Key, StringComparer.Ordinal)
        where !_described.Contains(exports.Key) && isInScope(exports.Key)
        from export in exports
        select Difference(export.Name!, ConfigurationChange.Remove, export);

    /// <summary>The values of an export that differ from those of its file.</summary>
    public static IReadOnlyList<ConfigurationDifference> Differences(
        BatchExport export, DesiredConfiguration desired, IntegrationCatalog integrations) =>
        ConfigurationComparison.Compare(ConfigurationRules.Normalize(ExportValues.Of(export, integrations)), desired.Values);

    /// <summary>Whether an export can be made equal to a configuration without a replacement.</summary>
    public static bool CanUpdate(BatchExport export, DesiredConfiguration desired, IntegrationCatalog integrations) =>
        !IsReplacement(Differences(export, desired, integrations));

    /// <summary>Whether two readings of an export have the same configuration, and the same pause.</summary>
    public static bool IsSame(BatchExport one, BatchExport other) =>
        ConfigurationComparison.IsSame(ByNumbers(one), ByNumbers(other));

    private static Dictionary<string, object?> ByNumbers(BatchExport export) =>
        ConfigurationRules.Normalize(ExportValues.Of(export, IntegrationCatalog.Empty));

    private BatchExport? Find(string name) => _exports[name].ToArray() switch
    {
        [] => null,
        [var only] => only,
        var several => throw new ConfigurationException(
            FormattableString.Invariant($"{several.Length} exports of the project have the name '{DisplayText.Clean(name)}': ")
            + $"{string.Join(", ", several.Select(export => export.Id))}. Rename all but one.",
            ConfigurationFailure.NameNotUnique),
    };

    private BatchExportConfigurationDifference Compare(DesiredConfiguration desired, BatchExport export)
    {
        var differences = Differences(export, desired, _integrations);
        CheckIntegrations(desired, differences);
        if (IsReplacement(differences))
            CheckReplacementName(desired);

        var change = differences.Count == 0 ? ConfigurationChange.Equal
            : IsReplacement(differences) ? ConfigurationChange.Replace
            : ConfigurationChange.Update;
        return Difference(desired.Name, change, export) with
        {
            Field = [.. differences.Select(difference => ToField(difference))],
            File = desired.File,
            Desired = desired,
        };
    }

    private BatchExportConfigurationDifference ToCreate(DesiredConfiguration desired)
    {
        var values = ConfigurationRules.WithoutDefaults(desired.Values);
        values.Remove(ConfigurationKey.ExportName);
        var differences = ConfigurationComparison.Compare([], values);
        CheckIntegrations(desired, differences);
        return new()
        {
            Name = desired.Name,
            Change = ConfigurationChange.Create,
            Field = [.. differences.SelectMany(Leaves).Select(ToField)],
            File = desired.File,
            Desired = desired,
        };
    }

    private void CheckReplacementName(DesiredConfiguration desired)
    {
        if (ExportReplacement.NamesOf(desired.Name).FirstOrDefault(_names.Contains) is { } name)
        {
            throw new ConfigurationException(
                $"'{DisplayText.Clean(desired.Name)}' is to be replaced, for which the name '{DisplayText.Clean(name)}' is needed. "
                + "A file has it.",
                ConfigurationFailure.NameNotUnique);
        }
    }

    // A missing integration is said before anything is written.
    private void CheckIntegrations(DesiredConfiguration desired, IReadOnlyList<ConfigurationDifference> differences)
    {
        if (differences.Any(difference => difference.Path[0] is ConfigurationKey.Destination))
            ConfigurationFields.CheckIntegrations(desired, _integrations);
    }

    private static IEnumerable<ConfigurationDifference> Leaves(ConfigurationDifference difference) =>
        difference is { Path: [ConfigurationKey.Destination, ..], Desired: Dictionary<string, object?> { Count: > 0 } values }
        && difference.Path[^1] is not ConfigurationKey.DestinationIntegration
            ? values
                .Select(value => new ConfigurationDifference([.. difference.Path, value.Key], Current: null, value.Value))
                .SelectMany(Leaves)
            : [difference];

    private static bool IsReplacement(IReadOnlyList<ConfigurationDifference> differences) => differences.Any(difference =>
        difference.Path is [ConfigurationKey.Model] or [ConfigurationKey.Destination, ConfigurationKey.DestinationType]);

    private static BatchExportConfigurationField ToField(ConfigurationDifference difference) =>
        new(difference.PathText, Shown(difference, difference.Current), Shown(difference, difference.Desired));

    private static object? Shown(ConfigurationDifference difference, object? value) =>
        difference.Path[^1] is ConfigurationKey.DestinationIntegration && value is Dictionary<string, object?> reference
            ? IntegrationCatalog.Describe(reference)
            : value;

    private static BatchExportConfigurationDifference Difference(string name, ConfigurationChange change, BatchExport export) => new()
    {
        Name = name,
        Change = change,
        BatchExportId = export.Id,
        ProjectId = export.ProjectId,
        Compared = export with { LatestRuns = null },
        Origin = export.Origin,
    };
}
