using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api;

/// <summary>Writes runs of scheduled exports as the service does.</summary>
internal static class RunJson
{
    public static JsonObject Create(ScheduledRun run) => new()
    {
        ["id"] = run.Id.ToString(),
        ["data_interval_end"] = WireTime.Format(run.DataIntervalEnd),
        ["status"] = run.Status,
        ["records_completed"] = run.RecordsCompleted,
        ["records_failed"] = run.RecordsFailed,
        ["latest_error"] = run.LatestError,
        ["data_interval_start"] = WireTime.Format(run.DataIntervalStart),
        ["cursor"] = null,
        ["created_at"] = WireTime.Format(run.CreatedAt),
        ["finished_at"] = WireTime.Format(run.FinishedAt),
        ["last_updated_at"] = WireTime.Format(run.LastUpdatedAt),
        ["records_total_count"] = run.RecordsTotalCount,
        ["bytes_exported"] = run.BytesExported,
        ["batch_export"] = run.ExportId.ToString(),
        ["batch_export_on_demand"] = null,
        ["backfill"] = run.BackfillId?.ToString(),
    };
}
