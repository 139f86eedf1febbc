using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>The log to read: of an export, or of an on-demand run.</summary>
public sealed record LogSource
{
    private LogSource()
    {
    }

    internal string? BatchExportId { get; private init; }

    internal string? RunId { get; private init; }

    /// <summary>An export's log.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run to name in the entries, if the caller limits the query to one; null for none.</param>
    public static LogSource Export(string batchExportId, string? runId = null) => new() { BatchExportId = batchExportId, RunId = runId };

    /// <summary>An on-demand run's log.</summary>
    /// <param name="runId">The run.</param>
    public static LogSource OnDemandRun(string runId) => new() { RunId = runId };

    internal string Path(Routes routes) => BatchExportId is { } export ? routes.ExportLogs(export) : routes.OnDemandRunLogs(RunId!);
}
