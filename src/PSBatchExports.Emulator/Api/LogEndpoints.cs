using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Logs of exports and of on-demand runs, newest first.</summary>
internal sealed class LogEndpoints(EmulatorState state, EmulatorOptions options)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public IEnumerable<Route> Routes =>
    [
        Map("batch_exports/{id}/logs", ListOfExport) with { OnOrganizations = true },
        Map("batch_exports/{export}/runs/{id}/logs", _ => throw Problem.Server()),
        Map("file_download_batch_exports/{id}/logs", ListOfOnDemandRun),
    ];

    private Route Map(string template, Func<ApiContext, EmulatorResponse> handler) =>
        new("GET", template, Route.Read, Endpoints.Locked(state, handler)) { AllowsApiKeys = !options.OlderServer };

    private EmulatorResponse ListOfExport(ApiContext context) => Page(context, state.LogsOf(Lookup.Export(state, context).Id));

    private EmulatorResponse ListOfOnDemandRun(ApiContext context)
    {
        var run = Lookup.OnDemandRun(state, context);
        return Page(context, [.. state.LogsOf(run.Id), .. FinalRows(run)]);
    }

    private IEnumerable<LogRow> FinalRows(OnDemandRun run)
    {
        var status = run.StatusAt(state.Now);
        if (RunStatus.IsActive(status))
            return [];

        var at = run.CreatedAt + run.Duration;
        return run.ErrorAt(state.Now) is { } error
            ? [new LogRow(run.Id, run.OnDemandId.ToString(), at, "ERROR", error)]
            : [new LogRow(run.Id, run.OnDemandId.ToString(), at, "INFO", $"Batch export ended as {status}")];
    }

    private EmulatorResponse Page(ApiContext context, IReadOnlyList<LogRow> rows)
    {
        var request = context.Request;
        RejectBlanks(request);
        var limit = Limit(request.Parameter("limit"));
        var after = Time(request, "after");
        var before = Time(request, "before");
        var levels = Levels(request);
        var found = rows
            .Where(r => after is null || r.Timestamp > after)
            .Where(r => before is null || r.Timestamp < before)
            .Where(r => levels.Length == 0 || levels.Contains(r.Level, StringComparer.OrdinalIgnoreCase))
            .Where(r => request.Parameter("search") is not { } text || r.Message.Contains(text, StringComparison.OrdinalIgnoreCase))
            .Where(r => request.Parameter("instance_id") is not { } instance || r.InstanceId == instance)
            .Reverse()
            .OrderByDescending(r => r.Timestamp)
            .Take(limit)
            .Select(Json)
            .ToArray<JsonNode>();
        return EmulatorResponse.Json(200, new JsonObject
        {
            ["count"] = found.Length,
            ["next"] = null,
            ["previous"] = null,
            ["results"] = new JsonArray(found),
        });
    }

    private static JsonObject Json(LogRow row) => new()
    {
        ["log_source_id"] = row.SourceId.ToString(),
        ["instance_id"] = row.InstanceId,
        ["timestamp"] = WireTime.Format(row.Timestamp),
        ["level"] = row.Level.ToUpperInvariant(),
        ["message"] = row.Message,
    };

    private static void RejectBlanks(EmulatorRequest request)
    {
        foreach (var name in new[] { "level", "search", "instance_id" })
        {
            if (request.Parameter(name) is { } value && string.IsNullOrWhiteSpace(value))
                throw Problem.Blank(name);
        }
    }

    private static int Limit(string? text)
    {
        if (text is null)
            return DefaultLimit;

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
            throw Problem.Invalid("A valid integer is required.", "limit");

        if (limit < 1)
            throw Problem.AtLeast(1, "limit");

        return limit <= MaxLimit ? limit : throw Problem.AtMost(MaxLimit, "limit");
    }

    private static DateTimeOffset? Time(EmulatorRequest request, string name) =>
        request.Parameter(name) is { } text ? WireInput.Timestamp(text) ?? throw Problem.Invalid(WireInput.TimestampFormats, name) : null;

    private string[] Levels(EmulatorRequest request)
    {
        if (!request.Parameters.TryGetValue("level", out var values))
            return [];

        return options.OlderServer
            ? [.. values.Select(v => v ?? "")]
            : (values[^1] ?? "").Split(',');
    }
}
