using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Lets another local process observe and control the emulator, under <c>/_emulator/</c> on the API origin. It requires no key, is not
/// recorded, and is exempt from faults.
/// </summary>
internal sealed class ControlChannel(EmulatorHost host, Action clearThrottle)
{
    private const string Prefix = "/_emulator/";
    private const int MaxExports = 20_000;
    private const double MaxHistoryDays = 3650;
    private static readonly TimeSpan MaxListDuration = TimeSpan.FromDays(1);

    private readonly ResponseWriter _writer = new(bytesPerSecond: null, host.Options.TimeProvider, host.Options.WireClock);

    public static bool Owns(PathString path) => path.Value?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    public async Task HandleAsync(HttpContext context)
    {
        var response = LocalCaller.RejectionReason(context.Request) is { } reason
            ? Hosting.EmulatorResponse.Json(403, new JsonObject { ["detail"] = reason })
            : EmulatorResponse(await EmulatorRequest.ReadAsync(context, host.Options.TimeProvider));
        await _writer.WriteAsync(context, response, fault: null, context.RequestAborted);
    }

    private EmulatorResponse EmulatorResponse(EmulatorRequest request)
    {
        try
        {
            host.State.Advance();
            var path = request.Path[Prefix.Length..].Trim('/').Split('/');
            return Hosting.EmulatorResponse.Json(200, Run($"{request.Method} {path[0]}", path.ElementAtOrDefault(1), request));
        }
        catch (ControlProblemException problem)
        {
            var body = new JsonObject { ["detail"] = problem.Message };
            if (problem.Field is { } field)
                body["field"] = field;
            if (problem.Limit is { } limit)
                body["limit"] = limit;
            return Hosting.EmulatorResponse.Json(400, body);
        }
    }

    private JsonNode Run(string command, string? id, EmulatorRequest request) => command switch
    {
        "GET requests" => RequestsJson(),
        "DELETE requests" => Done(() =>
        {
            host.Requests.Clear();
            host.StorageRequests.Clear();
        }),
        "POST faults" => AddFaults(Parse(request)),
        "DELETE faults" => Done(host.Faults.Clear),
        "POST exports" => id is null ? AddExports(Parse(request)) : ChangeExport(id, Parse(request)),
        "POST runs" => ChangeRun(id, Parse(request)),
        "POST scheduled-runs" => AddScheduledRuns(id, Parse(request)),
        "POST keys" => AddKey(Parse(request)),
        "POST logs" => AddLogs(Parse(request)),
        "POST switches" => Switch(Parse(request)),
        "GET connections" => new JsonObject
        {
            ["api"] = host.OpenApiConnections,
            ["storage"] = host.OpenStorageConnections,
            ["storageBytesSent"] = host.StorageBytesSent,
        },
        "POST reset" => Done(() =>
        {
            host.State.Reset();
            host.Faults.Clear();
            host.Requests.Clear();
            host.StorageRequests.Clear();
            clearThrottle();
        }),
        _ => throw new ControlProblemException($"Unknown command: {command}."),
    };

    private static JsonNode? Parse(EmulatorRequest request)
    {
        try
        {
            return JsonInput.Parse(request.Body);
        }
        catch (JsonException wrong)
        {
            throw new ControlProblemException($"The body is not valid JSON: {wrong.Message}");
        }
    }

    private static JsonObject Done(Action action)
    {
        action();
        return new JsonObject { ["done"] = true };
    }

    private JsonArray RequestsJson()
    {
        var both = host.Requests.Snapshot().Select(r => (Origin: Fault.Api, Request: r))
            .Concat(host.StorageRequests.Snapshot().Select(r => (Origin: Fault.Storage, Request: r)));
        return new JsonArray([.. both.Select(r => RequestJson(r.Origin, r.Request))]);
    }

    private static JsonObject RequestJson(string origin, RecordedRequest request) => new()
    {
        ["origin"] = origin,
        ["method"] = request.Method,
        ["path"] = request.Path,
        ["query"] = request.Query,
        ["headers"] = new JsonObject(request.Headers.Select(h => KeyValuePair.Create(h.Key, (JsonNode?)h.Value))),
        ["body"] = request.Body,
        ["statusCode"] = request.StatusCode,
        ["at"] = WireTime.Format(request.At),
    };

    private JsonObject AddFaults(JsonNode? body)
    {
        foreach (var fault in Items(body).Select(FaultJson.Read).ToArray())
            host.Faults.Add(fault);
        return Done(() => { });
    }

    private JsonObject AddExports(JsonNode? body)
    {
        var fields = new ControlFields(body);
        var sample = new SampleSettings
        {
            Interval = Interval(fields),
            History = fields.Number("historyDays", 0, MaxHistoryDays) is { } days ? TimeSpan.FromDays(days) : null,
            Incident = Incident(fields),
        };
        var count = (int)(fields.Integer("count", 0, MaxExports) ?? 1);
        var made = host.State.AddExports(count, fields.Text("namePrefix") ?? "export-", sample);
        return new JsonObject { ["ids"] = new JsonArray([.. made.Select(e => JsonValue.Create(e.Id.ToString()))]) };
    }

    private JsonObject ChangeExport(string id, JsonNode? body)
    {
        var exportId = ControlFields.Id(id, "id");
        var error = new ControlFields(body).Text("runError");
        var export = host.State.FindExport(exportId) ?? throw new ControlProblemException($"No export has the id {exportId}.", "id");
        return Done(() => export.RunError = error);
    }

    private static string? Interval(ControlFields fields) => fields.Text("interval") is not { } interval
        ? null
        : Intervals.All.Contains(interval, StringComparer.Ordinal)
            ? interval
            : throw new ControlProblemException($"interval must be one of {string.Join(", ", Intervals.All)}.", "interval");

    private static string IncidentNames =>
        string.Join(", ", Enum.GetNames<HistoryIncident>().Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static HistoryIncident? Incident(ControlFields fields) => fields.Text("incident") is not { } name
        ? null
        : Enum.GetNames<HistoryIncident>().Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<HistoryIncident>(name, ignoreCase: true)
            : throw new ControlProblemException($"incident must be one of {IncidentNames}.", "incident");

    private JsonObject ChangeRun(string? id, JsonNode? body)
    {
        var fields = new ControlFields(body);
        var growth = fields.Seconds("listSeconds", MaxListDuration);
        var (status, error) = (growth is null ? fields.RequiredText("status") : fields.Text("status"), fields.Text("error"));
        var runId = ControlFields.Id(id, "id");
        if (host.State.OnDemandRuns.FirstOrDefault(r => r.Id == runId) is { } onDemand)
            return Done(() => Change(onDemand, status, error, growth));

        if (status is null)
            throw new ControlProblemException("Only on-demand runs have a list of files.", "listSeconds");

        var scheduled = host.State.FindRun(runId)
            ?? throw new ControlProblemException($"No run has the id {runId}.", "id");
        return Done(() => host.State.Force(scheduled, status, error));
    }

    private void Change(OnDemandRun run, string? status, string? error, TimeSpan? growth)
    {
        if (status is not null)
            run.Force(status, error);
        if (growth is { } duration)
            run.GrowList(duration, run.StatusAt(host.State.Now) == RunStatus.Completed ? host.State.Now : null);
    }

    private JsonObject AddScheduledRuns(string? id, JsonNode? body)
    {
        var exportId = ControlFields.Id(id, "id");
        var runs = Items(body).SelectMany(run => ScheduledRunsJson.Read(exportId, run, host.State.Now)).ToArray();
        foreach (var run in runs)
            host.State.AddRun(run);

        return new JsonObject { ["ids"] = new JsonArray([.. runs.Select(run => JsonValue.Create(run.Id.ToString()))]) };
    }

    private JsonObject AddKey(JsonNode? body)
    {
        var fields = new ControlFields(body);
        var key = new EmulatorKey(fields.RequiredText("key"))
        {
            Scopes = fields.TextList("scopes") ?? ["*"],
            ScopedProjects = fields.TextList("scopedProjects")?.Select(ProjectNumber).ToArray() ?? [],
            ScopedOrganizations = fields.TextList("scopedOrganizations")?.Select(OrganizationId).ToArray() ?? [],
            ViewerOnly = fields.Flag("viewerOnly") ?? false,
        };
        return Done(() => host.State.AddKey(key));
    }

    private static Guid OrganizationId(string text) => ControlFields.Id(text, "scopedOrganizations");

    private static int ProjectNumber(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ControlProblemException($"'{text}' is not a project number.", "scopedProjects");

    private JsonObject AddLogs(JsonNode? body)
    {
        var all = Items(body).SelectMany(row => LogRowsJson.Read(row, host.State.Now)).ToArray();
        host.State.AddLogs(all);
        return new JsonObject { ["added"] = all.Length };
    }

    private JsonObject Switch(JsonNode? body) => Done(() =>
    {
        var (state, fields) = (host.State, new ControlFields(body));
        state.FailToStart = fields.Flag("failToStart") ?? state.FailToStart;
        state.IgnoreCancellations = fields.Flag("ignoreCancellations") ?? state.IgnoreCancellations;
        state.FileVersion = (int)(fields.Integer("fileVersion", 0, byte.MaxValue) ?? state.FileVersion);
        state.RunsNeverEnd = fields.Flag("runsNeverEnd") ?? state.RunsNeverEnd;
        state.HogQLAuthorProblem = fields.Text("hogqlAuthor") is { } author ? AuthorProblem(author) : state.HogQLAuthorProblem;
        state.StorageEmpty = fields.Flag("storageEmpty") ?? state.StorageEmpty;
        state.CountTimesOut = fields.Flag("countTimesOut") ?? state.CountTimesOut;
        if (fields.Flag("expireStorageTokens") == true)
            state.StorageTokensExpiredBefore = state.Now.AddSeconds(1);
    });

    private static string? AuthorProblem(string author) => author switch
    {
        "active" => null,
        "inactive" => RunErrors.InactiveAuthor,
        "withoutAccess" => RunErrors.AuthorWithoutAccess,
        _ => throw new ControlProblemException("hogqlAuthor must be active, inactive or withoutAccess.", "hogqlAuthor"),
    };

    private static JsonArray Items(JsonNode? body) => body as JsonArray ?? new JsonArray([body]);
}
