using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api;

/// <summary>Writes backfills as the service does.</summary>
internal static class BackfillJson
{
    public static JsonObject Create(StoredBackfill backfill, DateTimeOffset now, bool olderServer)
    {
        var status = backfill.StatusAt(now);
        var json = new JsonObject
        {
            ["id"] = backfill.Id.ToString(),
            ["progress"] = Progress(backfill, status, now),
            ["start_at"] = WireTime.Format(backfill.StartAt),
            ["end_at"] = WireTime.Format(backfill.EndAt),
            ["status"] = status,
            ["created_at"] = WireTime.Format(backfill.CreatedAt),
            ["finished_at"] = WireTime.Format(backfill.FinishedAt(now)),
            ["last_updated_at"] = WireTime.Format(backfill.FinishedAt(now) ?? backfill.CreatedAt),
        };
        if (!olderServer)
        {
            json["total_records_count"] = status == RunStatus.Starting ? null : backfill.TotalRecords;
            json["adjusted_start_at"] = null;
        }

        json["team"] = backfill.ProjectId;
        json["batch_export"] = backfill.ExportId.ToString();
        return json;
    }

    private static JsonObject? Progress(StoredBackfill backfill, string status, DateTimeOffset now)
    {
        if (status == RunStatus.Completed)
            return Progress(backfill.TotalRuns, backfill.TotalRuns, 1.0m);

        if (status != RunStatus.Running || backfill.TotalRuns is not { } total)
            return null;

        var finished = (int)(total * backfill.Progress(now));
        return Progress(total, finished, Math.Round((decimal)finished / total, 1) + 0.0m);
    }

    private static JsonObject Progress(int? total, int? finished, decimal share) => new()
    {
        ["total_runs"] = total,
        ["finished_runs"] = finished,
        ["progress"] = share,
    };
}
