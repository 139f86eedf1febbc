using PSBatchExports.Views;

namespace PSBatchExports.Session;

/// <summary>
/// Summaries of the objects that were read over a connection, so that prompts can name them and Tab can suggest them without another request.
/// </summary>
internal sealed class KnownObjects
{
    private const int MaxExports = 10_000;
    private const int MaxOthers = 1_000;

    private readonly RecentItems<ExportSummary> _exports = new(MaxExports);
    private readonly RecentItems<RunSummary> _runs = new(MaxOthers);
    private readonly RecentItems<BackfillSummary> _backfills = new(MaxOthers);
    private readonly RecentItems<ExecutionSummary> _executions = new(MaxOthers);

    public IReadOnlyList<ExportSummary> Exports => _exports.All;

    public IReadOnlyList<RunSummary> Runs => _runs.All;

    public IReadOnlyList<BackfillSummary> Backfills => _backfills.All;

    public IReadOnlyList<ExecutionSummary> Executions => _executions.All;

    /// <summary>"name (id)", or the id alone if the name is unknown.</summary>
    public string Describe(string id) => _exports.Find(id) is { Name: { } name } ? $"{name} ({id})" : id;

    /// <summary>The id that a text is, or that the one export of that name has; null where none or several of that name were seen.</summary>
    public string? FindExport(string idOrName)
    {
        if (ExportNames.IsId(idOrName))
            return idOrName;

        var named = _exports.All.Where(export => string.Equals(export.Name, idOrName, StringComparison.OrdinalIgnoreCase)).ToArray();
        return named.Length == 1 ? named[0].Id : null;
    }

    public bool HasExport(string id) => _exports.Find(id) is not null;

    /// <summary>Remembers an object, and adds what the service told before and does not tell with it: the interval of a run on demand, the name of its export.</summary>
    public object? Complete(object? item)
    {
        Remember(item);
        return item switch
        {
            BatchExportRun { RunId: { } id, BatchExportId: null, DataIntervalStart: null, DataIntervalEnd: null } run when _runs.Find(id) is { } known => run with { DataIntervalStart = known.DataFrom, DataIntervalEnd = known.DataUntil },
            BatchExportRun { BatchExportId: { } export, BatchExportName: null } run when NameOf(export) is { } name => run with { BatchExportName = name },
            BatchExportBackfill { BatchExportId: { } export } backfill when NameOf(export) is { } name => backfill with { BatchExportName = name },
            BatchExportLogEntry { BatchExportId: { } export } entry when NameOf(export) is { } name => entry with { BatchExportName = name },
            _ => item,
        };
    }

    /// <summary>Keeps the few words; anything else is not kept.</summary>
    public void Remember(object? item)
    {
        switch (item)
        {
            case BatchExport { Id: { } id } export:
                _exports.Add(id, new ExportSummary(id, export.Name, export.Status, export.Destination?.Type, export.Destination?.Integration));
                break;
            case BatchExportRun { RunId: { } id } run:
                Remember(id, run);
                break;
            case BatchExportBackfill { BackfillId: { } id } backfill:
                _backfills.Add(id, new BackfillSummary(id, backfill.BatchExportId, backfill.Status, SpanText.Between(backfill.StartAt, backfill.EndAt)));
                break;
            case BatchExportLogEntry { InstanceId: { Length: > 0 } id } entry:
                if (_executions.Find(id) is not { } known || known.At < entry.Timestamp)
                    _executions.Add(id, new ExecutionSummary(id, entry.BatchExportId, entry.RunId, entry.Timestamp));

                break;
        }
    }

    private string? NameOf(string export) => _exports.Find(export)?.Name;

    public void ForgetExport(string id) => _exports.Remove(id);

    // The list of runs on demand tells less of a run than was known before.
    private void Remember(string id, BatchExportRun run)
    {
        var known = _runs.Find(id);
        _runs.Add(id, new RunSummary(id, run.BatchExportId, run.Status, run.IsFinished, run.DataIntervalStart ?? known?.DataFrom, run.DataIntervalEnd ?? known?.DataUntil, run.Files ?? known?.Files));
    }
}

/// <summary>What is kept of an export.</summary>
internal sealed record ExportSummary(string Id, string? Name, string Status, string? Destination, int? Integration);

/// <summary>What is kept of a run; <paramref name="ExportId"/> is null on demand.</summary>
internal sealed record RunSummary(string Id, string? ExportId, string? Status, bool IsFinished, DateTimeOffset? DataFrom, DateTimeOffset? DataUntil, IReadOnlyList<string>? Files);

/// <summary>What is kept of a backfill.</summary>
internal sealed record BackfillSummary(string Id, string? ExportId, string? Status, string Span);

/// <summary>What is kept of a workflow execution that wrote to a log.</summary>
internal sealed record ExecutionSummary(string Id, string? ExportId, string? RunId, DateTimeOffset At);
