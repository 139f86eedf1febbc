using System.Runtime.CompilerServices;
using PSBatchExports.Formatting;

namespace PSBatchExports.Abstractions;

/// <summary>
/// What a connection has shown, in few words: so that questions can name what they are about, and Tab has something to suggest, without another request.
/// </summary>
internal sealed class Seen
{
    private const int MostExports = 10_000;
    private const int MostOthers = 1_000;
    private static readonly ConditionalWeakTable<BatchExportConnection, Seen> Connections = [];

    private readonly Recent<SeenExport> _exports = new(MostExports);
    private readonly Recent<SeenRun> _runs = new(MostOthers);
    private readonly Recent<SeenBackfill> _backfills = new(MostOthers);
    private readonly Recent<SeenExecution> _executions = new(MostOthers);

    public IReadOnlyList<SeenExport> Exports => _exports.All;

    public IReadOnlyList<SeenRun> Runs => _runs.All;

    public IReadOnlyList<SeenBackfill> Backfills => _backfills.All;

    public IReadOnlyList<SeenExecution> Executions => _executions.All;

    public static Seen By(BatchExportConnection connection) => Connections.GetOrCreateValue(connection);

    /// <summary>"name (id)", or the id alone where the name was not seen.</summary>
    public static string Describe(BatchExportConnection connection, string id) => By(connection)._exports.Find(id) is { Name: { } name } ? $"{name} ({id})" : id;

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
                _exports.Add(id, new SeenExport(id, export.Name, export.Status, export.Destination?.Type, export.Destination?.Integration));
                break;
            case BatchExportRun { RunId: { } id } run:
                Remember(id, run);
                break;
            case BatchExportBackfill { BackfillId: { } id } backfill:
                _backfills.Add(id, new SeenBackfill(id, backfill.BatchExportId, backfill.Status, SpanText.Between(backfill.StartAt, backfill.EndAt)));
                break;
            case BatchExportLogEntry { InstanceId: { Length: > 0 } id } entry:
                if (_executions.Find(id) is not { } known || known.At < entry.Timestamp)
                    _executions.Add(id, new SeenExecution(id, entry.BatchExportId, entry.RunId, entry.Timestamp));

                break;
        }
    }

    private string? NameOf(string export) => _exports.Find(export)?.Name;

    public void ForgetExport(string id) => _exports.Remove(id);

    // The list of runs on demand tells less of a run than was known before.
    private void Remember(string id, BatchExportRun run)
    {
        var known = _runs.Find(id);
        _runs.Add(id, new SeenRun(id, run.BatchExportId, run.Status, run.IsFinished, run.DataIntervalStart ?? known?.DataFrom, run.DataIntervalEnd ?? known?.DataUntil, run.Files ?? known?.Files));
    }
}

/// <summary>What is kept of an export.</summary>
internal sealed record SeenExport(string Id, string? Name, string Status, string? Destination, int? Integration);

/// <summary>What is kept of a run; <paramref name="ExportId"/> is null on demand.</summary>
internal sealed record SeenRun(string Id, string? ExportId, string? Status, bool IsFinished, DateTimeOffset? DataFrom, DateTimeOffset? DataUntil, IReadOnlyList<string>? Files);

/// <summary>What is kept of a backfill.</summary>
internal sealed record SeenBackfill(string Id, string? ExportId, string? Status, string Span);

/// <summary>What is kept of a workflow execution that wrote to a log.</summary>
internal sealed record SeenExecution(string Id, string? ExportId, string? RunId, DateTimeOffset At);
