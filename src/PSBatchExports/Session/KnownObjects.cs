using System.Globalization;
using PSBatchExports.Views;

namespace PSBatchExports.Session;

/// <summary>
/// Summaries of the objects that were read over a connection, for prompts and tab completion without further requests.
/// </summary>
internal sealed class KnownObjects
{
    private const int MaxExports = 10_000;
    private const int MaxOthers = 1_000;

    private readonly RecentItems<ExportSummary> _exports = new(MaxExports);
    private readonly RecentItems<RunSummary> _runs = new(MaxOthers);
    private readonly RecentItems<BackfillSummary> _backfills = new(MaxOthers);
    private readonly RecentItems<IntegrationSummary> _integrations = new(MaxOthers);
    private readonly RecentItems<ProjectSummary> _projects = new(MaxOthers);
    private readonly RecentItems<ExecutionSummary> _executions = new(MaxOthers);

    public IReadOnlyList<ExportSummary> Exports => _exports.All;

    public IReadOnlyList<RunSummary> Runs => _runs.All;

    public IReadOnlyList<BackfillSummary> Backfills => _backfills.All;

    public IReadOnlyList<ExecutionSummary> Executions => _executions.All;

    public IReadOnlyList<IntegrationSummary> Integrations => _integrations.All;

    public IReadOnlyList<ProjectSummary> Projects => _projects.All;

    /// <summary>"name (id)", or the id if the name is unknown.</summary>
    public string Describe(string id) => _exports.Find(id) is { Name: { } name } ? $"{name} ({id})" : id;

    /// <summary>The id of an export by id or name; null if no or several known exports have that name.</summary>
    public string? FindExport(string idOrName)
    {
        if (ExportNames.IsId(idOrName))
            return idOrName;

        var named = _exports.All.Where(export => string.Equals(export.Name, idOrName, StringComparison.OrdinalIgnoreCase)).ToArray();
        return named.Length == 1 ? named[0].Id : null;
    }

    public bool HasExport(string id) => _exports.Find(id) is not null;

    /// <summary>
    /// Remembers an object and fills in what this response omits: the interval of an on-demand run, the name of the export.
    /// </summary>
    public object? Complete(object? item)
    {
        Remember(item);
        return item switch
        {
            BatchExportRun { BatchExportId: null } run => WithInterval(run),
            BatchExportRun { BatchExportName: null } run when NameOf(run.BatchExportId) is { } name => run with { BatchExportName = name },
            BatchExportBackfill backfill when NameOf(backfill.BatchExportId) is { } name => backfill with { BatchExportName = name },
            BatchExportLogEntry entry when NameOf(entry.BatchExportId) is { } name => entry with { BatchExportName = name },
            _ => item,
        };
    }

    /// <summary>Keeps a summary of an object; ignores other types.</summary>
    public void Remember(object? item)
    {
        switch (item)
        {
            case BatchExport { Id: { } id } export:
                _exports.Add(id, Summarize(id, export));
                break;
            case BatchExportRun { RunId: { } id } run:
                _runs.Add(id, Summarize(id, run));
                break;
            case BatchExportBackfill { BackfillId: { } id } backfill:
                _backfills.Add(id, Summarize(id, backfill));
                break;
            case BatchExportIntegration integration:
                _integrations.Add(Text(integration.IntegrationId), Summarize(integration));
                break;
            case BatchExportProject { Name: { } name } project:
                _projects.Add(Text(project.ProjectId), new ProjectSummary(project.ProjectId, name));
                break;
            case BatchExportLogEntry { InstanceId: { Length: > 0 } id } entry:
                if (_executions.Find(id) is not { } known || known.At < entry.Timestamp)
                    _executions.Add(id, new ExecutionSummary(id, entry.BatchExportId, entry.RunId, entry.Timestamp));

                break;
        }
    }

    public void ForgetExport(string id) => _exports.Remove(id);

    private string? NameOf(string? export) => export is null ? null : _exports.Find(export)?.Name;

    private BatchExportRun WithInterval(BatchExportRun run)
    {
        if (run is not { RunId: { } id, DataIntervalStart: null, DataIntervalEnd: null } || _runs.Find(id) is not { } known)
            return run;

        return run with { DataIntervalStart = known.DataFrom, DataIntervalEnd = known.DataUntil };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IntegrationSummary Summarize(BatchExportIntegration integration) =>
        new(integration.IntegrationId, integration.Name, integration.Kind);

    private static ExportSummary Summarize(string id, BatchExport export) =>
        new(id, export.Name, export.Status, export.Destination?.Type, export.Destination?.Integration);

    private static BackfillSummary Summarize(string id, BatchExportBackfill backfill) =>
        new(id, backfill.BatchExportId, backfill.Status, SpanText.Between(backfill.StartAt, backfill.EndAt));

    // The list of on-demand runs omits fields that an earlier response may have had.
    private RunSummary Summarize(string id, BatchExportRun run)
    {
        var known = _runs.Find(id);
        return new RunSummary(
            id,
            run.BatchExportId,
            run.Status,
            run.IsFinished,
            run.DataIntervalStart ?? known?.DataFrom,
            run.DataIntervalEnd ?? known?.DataUntil,
            run.Files ?? known?.Files);
    }
}

/// <summary>The summary of an export.</summary>
internal sealed record ExportSummary(string Id, string? Name, string Status, string? Destination, int? Integration);

/// <summary>The summary of a run; <paramref name="ExportId"/> is null for on-demand runs.</summary>
internal sealed record RunSummary(
    string Id,
    string? ExportId,
    string? Status,
    bool IsFinished,
    DateTimeOffset? DataFrom,
    DateTimeOffset? DataUntil,
    IReadOnlyList<string>? Files);

/// <summary>The summary of an integration.</summary>
internal sealed record IntegrationSummary(int Id, string Name, string? Kind);

/// <summary>The summary of a project.</summary>
internal sealed record ProjectSummary(int Id, string Name);

/// <summary>The summary of a backfill.</summary>
internal sealed record BackfillSummary(string Id, string? ExportId, string? Status, string Span);

/// <summary>The summary of a workflow execution that wrote to a log.</summary>
internal sealed record ExecutionSummary(string Id, string? ExportId, string? RunId, DateTimeOffset At);
