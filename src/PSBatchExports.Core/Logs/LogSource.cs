using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>The log to read: that of an export, or of a run on demand.</summary>
public sealed record LogSource
{
    private LogSource()
    {
    }

    internal string? BatchExportId { get; private init; }

    internal string? RunId { get; private init; }

    /// <summary>An export's log.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run that the caller limits it to, to be named in the entries; null for none.</param>
    public static LogSource Export(string batchExportId, string? runId = null) => new() { BatchExportId = batchExportId, RunId = runId };

    /// <summary>An on-demand run's log.</summary>
    /// <param name="runId">The run.</param>
    public static LogSource OnDemandRun(string runId) => new() { RunId = runId };

    internal string Path(Routes routes) => BatchExportId is { } export ? routes.ExportLogs(export) : routes.OnDemandRunLogs(RunId!);
}
