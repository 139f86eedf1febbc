namespace PSBatchExports;

/// <summary>Whose log to read.</summary>
public sealed record LogSource
{
    private LogSource(ApiScope scope, string path)
    {
        Scope = scope;
        Path = path;
    }

    internal ApiScope Scope { get; }

    internal string Path { get; }

    internal string? BatchExportId { get; private init; }

    internal string? RunId { get; private init; }

    /// <summary>An export's log.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="runId">The run that the caller limits it to, to be named in the entries; null for none.</param>
    public static LogSource Export(ApiScope scope, string batchExportId, string? runId = null) =>
        new(scope, $"{scope.Prefix}batch_exports/{ApiScope.Segment(batchExportId)}/logs/") { BatchExportId = batchExportId, RunId = runId };

    /// <summary>An on-demand run's log.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="runId">The run.</param>
    public static LogSource OnDemandRun(ApiScope scope, string runId) => new(scope, OnDemandRunsClient.Path(scope, runId) + "logs/") { RunId = runId };
}
