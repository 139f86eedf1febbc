using System.Collections;
using PSBatchExports.Integrations;

namespace PSBatchExports.Configurations;

/// <summary>Plans copies of exports, and collects everything that is unresolved about them.</summary>
internal sealed class ExportCopyPlanner
{
    private const string CopyInputs = "copy_inputs";
    private static readonly string[] CopyCredentials = ["bucket_credentials", "authorization"];

    private readonly ILookup<string, BatchExport> _exports;
    private readonly IntegrationCatalog _integrations;
    private readonly IReadOnlyDictionary<string, string> _integrationNames;
    private readonly HashSet<string> _unusedNames;
    private readonly Dictionary<string, List<BatchExport>> _sourcesByName = new(StringComparer.Ordinal);
    private readonly List<(string Problem, string Export)> _problems = [];

    /// <param name="exports">The exports of the target project.</param>
    /// <param name="integrations">The integrations of the target project.</param>
    /// <param name="integrationNames">The names of integrations there by their names at the source.</param>
    public ExportCopyPlanner(
        IEnumerable<BatchExport> exports, IntegrationCatalog integrations, IReadOnlyDictionary<string, string> integrationNames)
    {
        _exports = exports.ToLookup(export => export.Name ?? "", StringComparer.Ordinal);
        _integrations = integrations;
        _integrationNames = integrationNames;
        _unusedNames = new(integrationNames.Keys, StringComparer.OrdinalIgnoreCase);
    }

    public ExportCopy Plan(ExportCopySource source)
    {
        var (export, sourceIntegrations) = (source.Export, source.Integrations.Catalog);
        var name = (source.NewName ?? export.Name ?? "").Trim();
        var renamed = sourceIntegrations.Renamed(_integrationNames);
        CheckName(export, name);
        CheckSecrets(export);
        CheckIntegrations(export, sourceIntegrations, renamed);

        var values = ConfigurationRules.Normalize(ExportValues.Of(export with { Name = name, Paused = true }, renamed));
        var copy = new ExportCopy(export, new DesiredConfiguration { Name = name, Values = values })
        {
            LeftOut = ExportValues.UnknownKeys(export),
            HasPlaceOfSource = ExportPlace.IsSame(ConfigurationRules.Normalize(ExportValues.Of(export, sourceIntegrations)), values),
        };
        return WithExisting(copy);
    }

    /// <exception cref="ExportCopyException">Something is unresolved.</exception>
    public void ThrowIfUnresolved()
    {
        foreach (var name in _unusedNames.Order(StringComparer.OrdinalIgnoreCase))
            _problems.Add(($"The map names the integration '{DisplayText.Clean(name)}', which none of the exports uses.", ""));

        foreach (var (name, sources) in _sourcesByName.Where(named => named.Value.Count > 1))
        {
            var exports = string.Join(", ", sources.Select(export => $"{Describe(export)} ({export.Id})"));
            _problems.Add(($"Several copies would have the name '{DisplayText.Clean(name)}'.", exports));
        }

        if (_problems.Count == 0)
            return;

        var problems = _problems
            .GroupBy(problem => problem.Problem, problem => problem.Export, StringComparer.Ordinal)
            .Select(problem => Text(problem.Key, [.. problem.Where(export => export.Length > 0).Distinct(StringComparer.Ordinal)]))
            .ToArray();
        throw new ExportCopyException($"Nothing was copied. {string.Join(' ', problems)}", ExportCopyFailure.Unresolved, problems);
    }

    private static string Text(string problem, string[] exports) =>
        exports.Length == 0 ? problem : $"{string.Join(", ", exports)}: {problem}";

    private void CheckName(BatchExport export, string name)
    {
        if (name.Length == 0)
        {
            AddProblem(export, "The copy would have no name.");
            return;
        }

        if (!_sourcesByName.TryGetValue(name, out var sources))
            _sourcesByName[name] = sources = [];

        sources.Add(export);
        if (_exports[name].Any(existing => existing.Id == export.Id && existing.ApiHost == export.ApiHost))
            AddProblem(export, "It is in the project already; a copy in the same project needs another name.");
    }

    private void CheckSecrets(BatchExport export)
    {
        if (DestinationType.Find(export.Destination?.Type) is not { } type)
        {
            var name = DisplayText.Clean(export.Destination?.Type);
            AddProblem(export, $"This version does not know its type of destination, '{name}', and its secrets.");
            return;
        }

        if (type.NeedsIntegration && export.Destination!.Integration is null)
            AddProblem(export, "It has no integration; the service does not return the credentials that it has instead.");

        foreach (var key in type.Keys.Where(key => key is { IsSecret: true, IsRequired: true }))
            AddProblem(export, $"The service does not return its {key.Name}.");

        var inputs = export.Destination!.Config[CopyInputs] as IDictionary;
        foreach (var key in CopyCredentials.Where(key => inputs?[key] is IDictionary { Count: 0 }))
            AddProblem(export, $"The service does not return its {CopyInputs}.{key}.");
    }

    private void CheckIntegrations(BatchExport export, IntegrationCatalog sourceIntegrations, IntegrationCatalog renamed)
    {
        foreach (var id in IntegrationReferences.Of(export).Ids)
        {
            if (sourceIntegrations.NameOf(id) is not { } name)
            {
                AddProblem(export, FormattableString.Invariant($"Its project does not list its integration {id}."));
                continue;
            }

            _unusedNames.Remove(name);
            if (FindFailure(renamed.ReferenceTo(id)) is { } failure)
                AddProblem(export, failure);
        }
    }

    private string? FindFailure(Dictionary<string, object?> reference)
    {
        try
        {
            _integrations.Find(reference);
            return null;
        }
        catch (ConfigurationException failure)
        {
            return failure.Message;
        }
    }

    private ExportCopy WithExisting(ExportCopy copy)
    {
        var named = _exports[copy.Name].ToArray();
        if (named.Length == 0)
            return copy;

        if (named is not [var existing])
        {
            var ids = string.Join(", ", named.Select(export => export.Id));
            return copy with
            {
                Conflict = Taken($"{named.Length} exports of the target project have the name '{DisplayText.Clean(copy.Name)}': {ids}."),
            };
        }

        var differences = Differences(copy.Desired.Values, ConfigurationRules.Normalize(ExportValues.Of(existing, _integrations)));
        if (differences.Length == 0)
            return copy with { Existing = existing };

        return copy with
        {
            Conflict = Taken(
                $"The target project has another export with the name '{DisplayText.Clean(copy.Name)}' ({existing.Id}). "
                + $"It differs in {string.Join(", ", differences)}."),
        };
    }

    private static ExportCopyException Taken(string message) => new(message, ExportCopyFailure.NameTaken);

    // A comparison leaves out what the second configuration does not have.
    private static string[] Differences(Dictionary<string, object?> one, Dictionary<string, object?> other) =>
    [
        .. ConfigurationComparison.Compare(one, other)
            .Concat(ConfigurationComparison.Compare(other, one))
            .Where(difference => difference.Path[0] is not ConfigurationKey.Paused)
            .Select(difference => difference.PathText)
            .Distinct(StringComparer.Ordinal),
    ];

    private void AddProblem(BatchExport export, string problem) => _problems.Add((problem, Describe(export)));

    private static string Describe(BatchExport export) => $"'{DisplayText.Clean(export.Name ?? export.Id)}'";
}
