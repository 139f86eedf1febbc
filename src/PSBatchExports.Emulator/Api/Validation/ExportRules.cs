using System.Text.Json.Nodes;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the body of a create, PUT or PATCH, and applies it.</summary>
internal sealed class ExportRules(EmulatorState state, EmulatorOptions options, int projectId)
{
    private static readonly string[] Models = ["events", "persons", "sessions", "hogql"];
    private static readonly string[] IncrementalModes = ["APPEND", "MERGE"];

    /// <param name="current">Null on create.</param>
    /// <param name="partial">PATCH: nothing is required.</param>
    public StoredExport Apply(JsonObject body, StoredExport? current, bool partial)
    {
        var fields = new Fields(body);
        return Write(fields, Check(fields, current, partial), current, partial);
    }

    /// <summary>Validates a complete body without applying it.</summary>
    public CheckedDestination Validate(JsonObject body, StoredExport? current) =>
        Check(new Fields(body), current, partial: false).Destination!;

    private Draft Check(Fields fields, StoredExport? current, bool partial)
    {
        var errors = new FieldErrors();
        var draft = new Draft
        {
            Name = errors.Check(() => ReadRequired(fields, "name", partial, () => fields.Text("name"))),
            Model = errors.Check(() => Model(fields, current)),
            Destination = errors.Check(() => Destination(fields, current, partial)),
            Interval = errors.Check(() => ReadRequired(fields, "interval", partial, () => Interval(fields))),
            Paused = errors.Check(() => ReadNonNull(fields, "paused", () => fields.Flag("paused"))),
            LastPausedAt = errors.Check(() => fields.Timestamp("last_paused_at")),
            StartAt = errors.Check(() => fields.Timestamp("start_at")),
            EndAt = errors.Check(() => fields.Timestamp("end_at")),
            HogQLQuery = errors.Check(() => fields.Text("hogql_query")),
            HogQLModifiers = errors.Check(() => fields.Mapping("hogql_modifiers")),
            PrimaryKey = errors.Check(() => fields.TextList("primary_key", mayBeEmpty: false)),
            VersionKey = errors.Check(() => fields.TextList("version_key", mayBeEmpty: false)),
            IncrementalMode = errors.Check(() => ReadIncrementalMode(fields)),
            Filters = errors.Check(() => FilterRules.Check(fields.Node("filters"))),
            TimeZone = errors.Check(() => fields.IsNull("timezone") ? null : TimeZones.Check(fields.Text("timezone")!, "timezone")),
            OffsetDay = errors.Check(() => OffsetDay(fields, partial)),
            OffsetHour = errors.Check(() => OffsetHour(fields, partial)),
        };
        errors.ThrowFirst();
        CheckCombination(fields, draft, current);
        return draft;
    }

    private static T? ReadRequired<T>(Fields fields, string name, bool partial, Func<T?> read)
    {
        if (!partial)
            fields.Require(name);
        return ReadNonNull(fields, name, read);
    }

    private static T? ReadNonNull<T>(Fields fields, string name, Func<T?> read)
    {
        fields.RejectNull(name);
        return read();
    }

    private static string? Model(Fields fields, StoredExport? current)
    {
        fields.RejectNull("model");
        var model = fields.Choice("model", Models);
        if (current is not null && model is not null && model != current.Model)
            throw Problem.Invalid("Changing models is not supported. Create a new batch export instead.", "model");

        return model;
    }

    private static string? ReadIncrementalMode(Fields fields) =>
        ReadNonNull(fields, "incremental_mode", () => fields.Choice("incremental_mode", IncrementalModes));

    private CheckedDestination? Destination(Fields fields, StoredExport? current, bool partial)
    {
        if (!fields.Has("destination") && partial)
            return null;

        fields.Require("destination");
        fields.RejectNull("destination");
        return new DestinationRules(state, options, projectId).Check(fields.Node("destination"), current, partial);
    }

    private string? Interval(Fields fields)
    {
        var interval = fields.Choice("interval", Intervals.All);
        if (interval is not null && Intervals.IsBelowOneHour(interval) && !options.HighFrequency)
            throw Problem.Forbidden("Higher frequency batch exports are not enabled for this team.");

        return interval;
    }

    private static int? OffsetDay(Fields fields, bool partial)
    {
        var day = fields.Integer("offset_day", 0, 6);
        if (day is null)
            return null;

        if (!fields.Has("interval") && partial)
            throw Problem.Server();

        return fields.Node("interval")?.ToString() == "week"
            ? day
            : throw Problem.Invalid("offset_day is not applicable for non-weekly intervals", "offset_day");
    }

    private static int? OffsetHour(Fields fields, bool partial)
    {
        var hour = fields.Integer("offset_hour", 0, 23);
        if (hour is null)
            return null;

        if (!fields.Has("interval") && partial)
            throw Problem.Server();

        return fields.Node("interval")?.ToString() is "week" or "day"
            ? hour
            : throw Problem.Invalid("offset_hour is not applicable for non-daily/weekly intervals", "offset_hour");
    }

    private void CheckCombination(Fields fields, Draft draft, StoredExport? current)
    {
        if (draft.Model == "hogql" && !options.HogQL)
            throw Problem.Forbidden("HogQL batch exports are not enabled for this team.");

        var model = current?.Model ?? draft.Model ?? "events";
        if ((draft.Destination?.Type ?? current?.DestinationType) == "HTTP" && model != "events")
            throw Problem.Invalid("HTTP batch exports only support the events model");

        FilterRules.CheckModel(draft.Filters, model);
        if (model == "hogql")
            CheckQuery(fields, draft, current);
        else
            RejectQueryFields(fields, model);
    }

    private static void RejectQueryFields(Fields fields, string model)
    {
        foreach (var name in new[] { "hogql_query", "hogql_modifiers", "primary_key", "version_key" })
        {
            if (!fields.IsNull(name))
                throw Problem.Invalid($"'{name}' is only supported for 'hogql' not '{model}' model", name);
        }
    }

    private void CheckQuery(Fields fields, Draft draft, StoredExport? current)
    {
        var text = draft.HogQLQuery ?? (fields.Has("hogql_query") ? null : current?.HogQLQuery)
            ?? throw Problem.Invalid("'hogql_query' is required when 'model' is 'hogql'", "hogql_query");
        var query = HogQLQuery.Parse(text);
        var primaryKey = fields.Has("primary_key") ? draft.PrimaryKey : current?.PrimaryKey;
        var versionKey = fields.Has("version_key") ? draft.VersionKey : current?.VersionKey;
        if ((draft.IncrementalMode ?? current?.IncrementalMode) == "MERGE" && primaryKey is null)
            throw Problem.Invalid("'primary_key' is required when 'incremental_mode' is 'MERGE'", "primary_key");

        CheckColumns("primary_key", primaryKey, query);
        CheckColumns("version_key", versionKey, query);
        if (state.HogQLAuthorProblem is { } problem)
            throw Problem.Invalid(problem, "hogql_query");
    }

    private static void CheckColumns(string name, IReadOnlyList<string>? columns, HogQLQuery query)
    {
        if (query.Columns.Contains("*"))
            return;

        var missing = (columns ?? []).Except(query.Columns, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw Problem.Invalid($"'{name}' contains columns that are not present in the query: {string.Join(',', missing)}", name);
    }

    private StoredExport Write(Fields fields, Draft draft, StoredExport? current, bool partial)
    {
        var now = state.Now;
        var export = current ?? new StoredExport
        {
            Id = state.Ids.Next(now),
            ProjectId = projectId,
            Name = draft.Name!,
            Model = draft.Model ?? "events",
            DestinationType = draft.Destination!.Type,
            Config = draft.Destination.Config,
            Interval = draft.Interval!,
            CreatedAt = now,
            LastUpdatedAt = now,
        };
        WriteSchedule(fields, draft, export, partial);
        export.Name = draft.Name ?? export.Name;
        if (draft.Destination is { } destination)
        {
            export.Config = destination.Config;
            export.Integration = destination.Integration;
        }

        export.Paused = draft.Paused ?? export.Paused;
        export.LastPausedAt = fields.Has("last_paused_at") ? draft.LastPausedAt : export.LastPausedAt;
        export.StartAt = fields.Has("start_at") ? draft.StartAt : export.StartAt;
        export.EndAt = fields.Has("end_at") ? draft.EndAt : export.EndAt;
        export.HogQLQuery = fields.Has("hogql_query") ? draft.HogQLQuery : export.HogQLQuery;
        export.HogQLModifiers = fields.Has("hogql_modifiers") ? draft.HogQLModifiers?.DeepClone().AsObject() : export.HogQLModifiers;
        export.PrimaryKey = fields.Has("primary_key") ? draft.PrimaryKey : export.PrimaryKey;
        export.VersionKey = fields.Has("version_key") ? draft.VersionKey : export.VersionKey;
        export.IncrementalMode = draft.IncrementalMode ?? export.IncrementalMode;
        export.Filters = fields.Has("filters") ? draft.Filters : export.Filters;
        export.TimeZone = fields.Has("timezone") ? draft.TimeZone ?? "UTC" : export.TimeZone;
        export.LastUpdatedAt = now;
        return export;
    }

    /// <summary>Both offsets are written together; a PATCH without either keeps them if the interval supports offsets.</summary>
    private static void WriteSchedule(Fields fields, Draft draft, StoredExport export, bool partial)
    {
        export.Interval = draft.Interval ?? export.Interval;
        if (export.Interval is not ("day" or "week"))
            export.OffsetHours = 0;
        else if (!partial || fields.Has("offset_day") || fields.Has("offset_hour"))
            export.OffsetHours = ((draft.OffsetDay ?? 0) * 24) + (draft.OffsetHour ?? 0);
    }

    private sealed record Draft
    {
        public string? Name { get; init; }

        public string? Model { get; init; }

        public CheckedDestination? Destination { get; init; }

        public string? Interval { get; init; }

        public bool? Paused { get; init; }

        public DateTimeOffset? LastPausedAt { get; init; }

        public DateTimeOffset? StartAt { get; init; }

        public DateTimeOffset? EndAt { get; init; }

        public string? HogQLQuery { get; init; }

        public JsonObject? HogQLModifiers { get; init; }

        public IReadOnlyList<string>? PrimaryKey { get; init; }

        public IReadOnlyList<string>? VersionKey { get; init; }

        public string? IncrementalMode { get; init; }

        public JsonArray? Filters { get; init; }

        public string? TimeZone { get; init; }

        public int? OffsetDay { get; init; }

        public int? OffsetHour { get; init; }
    }
}
