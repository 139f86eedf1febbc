namespace PSBatchExports.Http;

/// <summary>Every path of the API, for one project or organization (docs/wire.md, section 1). Each ends in a slash.</summary>
/// <exception cref="InvalidIdException">An id cannot be part of a path.</exception>
internal sealed class Routes(ApiScope scope)
{
    /// <summary>The list of projects, which is below none.</summary>
    public const string Projects = "/api/projects/";

    public string Exports => $"{scope.Prefix}batch_exports/";

    public string Export(string id) => $"{Exports}{ApiScope.Segment(id)}/";

    public string PauseExport(string id) => $"{Export(id)}pause/";

    public string UnpauseExport(string id) => $"{Export(id)}unpause/";

    public string ExportLogs(string id) => $"{Export(id)}logs/";

    public string Runs(string exportId) => $"{Export(exportId)}runs/";

    public string Run(string exportId, string runId) => $"{Runs(exportId)}{ApiScope.Segment(runId)}/";

    public string RetryRun(string exportId, string runId) => $"{Run(exportId, runId)}retry/";

    public string CancelRun(string exportId, string runId) => $"{Run(exportId, runId)}cancel/";

    public string Backfills(string exportId) => $"{Export(exportId)}backfills/";

    public string Backfill(string exportId, string backfillId) => $"{Backfills(exportId)}{ApiScope.Segment(backfillId)}/";

    public string CancelBackfill(string exportId, string backfillId) => $"{Backfill(exportId, backfillId)}cancel/";

    public string DestinationTests => $"{Exports}test/";

    public string TestExport(string id) => $"{Export(id)}run_test_step/";

    public string TestNewExport => $"{Exports}run_test_step_new/";

    public string Integrations => $"{scope.Prefix}integrations/";

    public string Integration(int id) => FormattableString.Invariant($"{Integrations}{id}/");

    public string OnDemandRuns => $"{scope.Prefix}file_download_batch_exports/";

    public string OnDemandRun(string id) => $"{OnDemandRuns}{ApiScope.Segment(id)}/";

    public string CancelOnDemandRun(string id) => $"{OnDemandRun(id)}cancel/";

    public string OnDemandRunLogs(string id) => $"{OnDemandRun(id)}logs/";

    public string CountRows => $"{OnDemandRuns}count_rows/";

    /// <param name="runId">The run.</param>
    /// <param name="fileId">The file; null for the only one of the run.</param>
    public string Download(string runId, string? fileId) => $"{OnDemandRun(runId)}download/{(fileId is null ? "" : $"{fileId}/")}";
}
