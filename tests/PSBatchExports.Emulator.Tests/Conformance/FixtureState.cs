using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Adds the objects of a fixture to the state of the emulator.</summary>
internal static class FixtureState
{
    public const string ExportId = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";

    public static StoredExport AddExport(this TestServer server, string fixture) => server.AddExport(Fixture.Json(fixture).AsObject());

    public static StoredExport AddExport(this TestServer server, JsonObject json)
    {
        var interval = Text(json["interval"])!;
        var export = new StoredExport
        {
            Id = Guid.Parse(Text(json["id"])!),
            ProjectId = json["team_id"]!.GetValue<int>(),
            Name = Text(json["name"])!,
            Model = Text(json["model"])!,
            DestinationType = Text(json["destination"]!["type"])!,
            Config = json["destination"]!["config"]!.DeepClone().AsObject(),
            Integration = json["destination"]!["integration"]?.GetValue<int>(),
            Interval = interval,
            Paused = json["paused"]!.GetValue<bool>(),
            CreatedAt = Time(json["created_at"])!.Value,
            LastUpdatedAt = Time(json["last_updated_at"])!.Value,
            LastPausedAt = Time(json["last_paused_at"]),
            HogQLQuery = Text(json["hogql_query"]),
            PrimaryKey = json["primary_key"]?.AsArray().Select(k => k!.GetValue<string>()).ToArray(),
            IncrementalMode = Text(json["incremental_mode"]) ?? "APPEND",
            Filters = json["filters"]?.DeepClone().AsArray(),
            TimeZone = Text(json["timezone"])!,
            OffsetHours = ((json["offset_day"]?.GetValue<int>() ?? 0) * 24) + (json["offset_hour"]?.GetValue<int>() ?? 0),
        };
        server.State.AddExport(export);
        foreach (var run in json["latest_runs"]!.AsArray())
            server.AddRun(run!.AsObject());
        return export;
    }

    public static ScheduledRun AddRun(this TestServer server, JsonObject json)
    {
        var run = new ScheduledRun
        {
            Id = Guid.Parse(Text(json["id"])!),
            ExportId = Guid.Parse(Text(json["batch_export"])!),
            BackfillId = Text(json["backfill"]) is { } backfill ? Guid.Parse(backfill) : null,
            DataIntervalStart = Time(json["data_interval_start"]),
            DataIntervalEnd = Time(json["data_interval_end"])!.Value,
            Status = Text(json["status"])!,
            RecordsCompleted = json["records_completed"]?.GetValue<long>(),
            RecordsFailed = json["records_failed"]?.GetValue<long>(),
            RecordsTotalCount = json["records_total_count"]?.GetValue<long>(),
            BytesExported = json["bytes_exported"]?.GetValue<long>(),
            LatestError = Text(json["latest_error"]),
            CreatedAt = Time(json["created_at"])!.Value,
            FinishedAt = Time(json["finished_at"]),
            LastUpdatedAt = Time(json["last_updated_at"])!.Value,
        };
        server.State.AddRun(run);
        return run;
    }

    /// <summary>Adds an hourly run of the fixtures' export and ends it with a status.</summary>
    public static ScheduledRun EndRun(this TestServer server, int hour, string status = RunStatus.Failed, Guid? backfill = null)
    {
        var end = new DateTimeOffset(2026, 10, 8, 0, 0, 0, TimeSpan.Zero).AddHours(hour);
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = Guid.Parse(ExportId),
            BackfillId = backfill,
            DataIntervalEnd = end,
            Status = RunStatus.Running,
            CreatedAt = end,
            LastUpdatedAt = end,
        };
        server.State.AddRun(run);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        server.State.Force(run, status);
        return run;
    }

    public static StoredBackfill AddBackfill(this TestServer server, string fixture) =>
        server.AddBackfill(Fixture.Json(fixture).AsObject());

    /// <summary>Progress depends on the clock: 24 runs in 24 minutes, started as long ago as the fixture's progress says.</summary>
    public static StoredBackfill AddBackfill(this TestServer server, JsonObject json)
    {
        var status = Text(json["status"])!;
        var finished = json["progress"]?["finished_runs"]?.GetValue<int>() ?? 0;
        var ago = status switch
        {
            RunStatus.Starting => TimeSpan.Zero,
            RunStatus.Completed => TimeSpan.FromHours(1),
            _ => TimeSpan.FromMinutes(finished + 0.5),
        };
        var backfill = new StoredBackfill
        {
            Id = Guid.Parse(Text(json["id"])!),
            ExportId = Guid.Parse(Text(json["batch_export"])!),
            ProjectId = json["team"]!.GetValue<int>(),
            StartAt = Time(json["start_at"]),
            EndAt = Time(json["end_at"]),
            CreatedAt = server.Clock.GetUtcNow() - ago,
            Duration = TimeSpan.FromMinutes(24),
            TotalRuns = 24,
            TotalRecords = json["total_records_count"]?.GetValue<long>(),
        };
        if (status == RunStatus.Cancelled)
            backfill.Force(status, server.Clock.GetUtcNow());
        server.State.AddBackfill(backfill);
        return backfill;
    }

    public static Integration AddIntegration(this TestServer server, JsonObject json)
    {
        var integration = new Integration(json["id"]!.GetValue<int>(), server.Host.Options.ProjectId, Text(json["kind"])!)
        {
            Identity = Text(json["config"]!["name"]) ?? Text(json["display_name"])!,
            Config = json["config"]!.DeepClone().AsObject(),
            DisplayName = Text(json["display_name"]),
            CreatedAt = Time(json["created_at"])!.Value,
            CreatorGone = json["created_by"] is null,
        };
        server.State.AddIntegration(integration);
        return integration;
    }

    public static void RemoveIntegrations(this TestServer server)
    {
        foreach (var integration in server.State.Integrations)
            server.State.RemoveIntegration(integration);
    }

    public static void AddLogs(this TestServer server, string fixture) => server.State.AddLogs(
        Fixture.Json(fixture)["results"]!.AsArray().Select(row => new LogRow(
            Guid.Parse(Text(row!["log_source_id"])!),
            Text(row["instance_id"])!,
            Time(row["timestamp"])!.Value,
            Text(row["level"])!,
            Text(row["message"])!)));

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static DateTimeOffset? Time(JsonNode? node) =>
        node is null ? null : DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
