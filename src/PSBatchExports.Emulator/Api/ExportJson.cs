using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;

namespace PSBatchExports.Emulator.Api;

/// <summary>Writes scheduled exports as the service does.</summary>
internal sealed class ExportJson(EmulatorState state, bool olderServer)
{
    private const int LatestRuns = 10;

    public JsonObject Create(StoredExport export)
    {
        var runs = state.AdvanceRunsOf(export.Id);
        var json = new JsonObject
        {
            ["id"] = export.Id.ToString(),
            ["team_id"] = export.ProjectId,
            ["name"] = export.Name,
            ["model"] = export.Model,
            ["destination"] = new JsonObject
            {
                ["type"] = export.DestinationType,
                ["config"] = Secrets.Without(export.DestinationType, export.Config),
                ["integration"] = export.Integration,
            },
            ["interval"] = export.Interval,
            ["paused"] = export.Paused,
            ["created_at"] = WireTime.Format(export.CreatedAt),
            ["last_updated_at"] = WireTime.Format(export.LastUpdatedAt),
            ["last_paused_at"] = WireTime.Format(export.LastPausedAt),
            ["start_at"] = WireTime.Format(export.StartAt),
            ["end_at"] = WireTime.Format(export.EndAt),
            ["latest_runs"] = new JsonArray([.. runs.NewestFirst.Take(LatestRuns).Select(RunJson.Create)]),
        };
        if (!olderServer)
        {
            json["hogql_query"] = export.HogQLQuery;
            json["hogql_modifiers"] = export.HogQLModifiers?.DeepClone();
            json["primary_key"] = Names(export.PrimaryKey);
            json["version_key"] = Names(export.VersionKey);
            json["incremental_mode"] = export.IncrementalMode;
        }

        json["schema"] = null;
        json["filters"] = export.Filters?.DeepClone();
        json["timezone"] = export.TimeZone;
        json["offset_day"] = export.OffsetDay;
        json["offset_hour"] = export.OffsetHour;
        return json;
    }

    private static JsonArray? Names(IReadOnlyList<string>? names) =>
        names is null ? null : new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
}
