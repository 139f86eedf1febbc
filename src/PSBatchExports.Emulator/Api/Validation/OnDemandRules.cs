using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the body of a file download or a row count.</summary>
internal sealed class OnDemandRules(EmulatorOptions options, DateTimeOffset now)
{
    private const int DefaultMaxSizeMB = 1024;
    private static readonly string[] Formats = ["Parquet", "JSONLines"];
    private static readonly string[] Compressions = ["zstd", "gzip", "brotli", "lz4", "snappy"];
    private static readonly TimeSpan MaxInterval = TimeSpan.FromDays(7);

    public OnDemandSpecification Check(JsonObject body)
    {
        var fields = new Fields(body);
        var errors = new FieldErrors();
        var file = errors.Check(() => File(fields));
        var draft = (file ?? new OnDemandSpecification()) with
        {
            Model = errors.Check(() => Model(fields, "events", "persons", "sessions", "hogql")) ?? "",
            Include = errors.Check(() => ReadNonNull(fields, "include", () => fields.TextList("include"))) ?? [],
            Exclude = errors.Check(() => ReadNonNull(fields, "exclude", () => fields.TextList("exclude"))) ?? [],
            Start = errors.Check(() => ReadNonNull(fields, "data_interval_start", () => fields.Timestamp("data_interval_start"))),
            End = errors.Check(() => ReadNonNull(fields, "data_interval_end", () => fields.Timestamp("data_interval_end"))),
        };
        var query = errors.Check(() => ReadNonNull(fields, "hogql_query", () => fields.Text("hogql_query", mayBeBlank: true)));
        errors.Check(() => fields.Mapping("hogql_modifiers"));
        errors.ThrowFirst();

        if (draft.Model != "hogql")
            return CheckData(fields, draft);

        RequireFlag();
        return CheckQuery(draft, query);
    }

    public OnDemandSpecification CheckCount(JsonObject body)
    {
        var fields = new Fields(body);
        var errors = new FieldErrors();
        errors.Check(() => Model(fields, "hogql"));
        var query = errors.Check(() =>
        {
            fields.Require("hogql_query");
            fields.RejectNull("hogql_query");
            return fields.Text("hogql_query");
        });
        errors.Check(() => fields.Mapping("hogql_modifiers"));
        var draft = new OnDemandSpecification
        {
            Model = "hogql",
            Start = errors.Check(() => ReadNonNull(fields, "data_interval_start", () => fields.Timestamp("data_interval_start"))),
            End = errors.Check(() => ReadNonNull(fields, "data_interval_end", () => fields.Timestamp("data_interval_end"))),
        };
        errors.ThrowFirst();
        var specification = CheckQuery(draft, query);
        RequireFlag();
        return specification;
    }

    private OnDemandSpecification File(Fields fields)
    {
        fields.Require("file");
        fields.RejectNull("file");
        if (fields.Node("file") is not JsonObject body)
            throw Problem.NotADictionary(fields.Node("file"), "file__non_field_errors");

        var file = new Fields(body, "file__");
        file.RejectNull("format");
        return new OnDemandSpecification
        {
            Format = file.Choice("format", Formats) ?? "Parquet",
            Compression = file.Choice("compression", Compressions),
            MaxSizeMB = file.Has("max_size_mb") ? file.Integer("max_size_mb", 0) : options.OlderServer ? null : DefaultMaxSizeMB,
        };
    }

    private static string? Model(Fields fields, params string[] models)
    {
        fields.Require("model");
        fields.RejectNull("model");
        return fields.Choice("model", models);
    }

    private static T? ReadNonNull<T>(Fields fields, string name, Func<T?> read)
    {
        fields.RejectNull(name);
        return read();
    }

    private OnDemandSpecification CheckData(Fields fields, OnDemandSpecification draft)
    {
        if (!fields.IsNull("hogql_query"))
            throw Problem.Invalid("'hogql_query' is only supported when 'model' is 'hogql'");

        if (!fields.IsNull("hogql_modifiers"))
            throw Problem.Invalid("'hogql_modifiers' are only supported when 'model' is 'hogql'");

        if (draft.Start is null || draft.End is null)
            throw Problem.Invalid("'data_interval_start' and 'data_interval_end' are required. Provide both bounds.");

        CheckBounds(draft);
        return draft.Model == "events" ? draft : draft with { Include = [], Exclude = [] };
    }

    private void RequireFlag()
    {
        if (!options.HogQL)
            throw Problem.Forbidden("HogQL batch exports are not enabled for this team.");
    }

    private OnDemandSpecification CheckQuery(OnDemandSpecification draft, string? text)
    {
        if (draft.Include.Count > 0 || draft.Exclude.Count > 0)
            throw Problem.Invalid("'include' and 'exclude' are not supported when 'model' is 'hogql'");

        if (string.IsNullOrWhiteSpace(text))
            throw Problem.Invalid("'hogql_query' is required when 'model' is 'hogql'");

        var query = HogQLQuery.Parse(text);
        RequireBound(query, "data_interval_start", draft.Start);
        RequireBound(query, "data_interval_end", draft.End);
        CheckBounds(draft);
        return draft with { Columns = query.Columns };
    }

    private static void RequireBound(HogQLQuery query, string name, DateTimeOffset? bound)
    {
        if (bound is null && query.Placeholders.Contains(name))
            throw Problem.Invalid($"'{name}' is required because the query references '{{{name}}}'.", name);
    }

    private void CheckBounds(OnDemandSpecification draft)
    {
        if (draft.End < draft.Start)
            throw Problem.Invalid("'data_interval_end' must occur after 'data_interval_start'");

        if (draft.End - draft.Start > MaxInterval)
            throw Problem.Invalid("data interval range too big. Choose an interval of at most seven days.");

        RejectFuture("data_interval_start", draft.Start);
        RejectFuture("data_interval_end", draft.End);
    }

    private void RejectFuture(string name, DateTimeOffset? bound)
    {
        if (bound > now)
            throw Problem.Invalid($"The provided '{name}' ({WireTime.WithOffset(bound.Value)}) is in the future");
    }
}
