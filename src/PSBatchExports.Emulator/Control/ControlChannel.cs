using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Lets another process watch and steer the emulator, under <c>/_emulator/</c> on the API origin. It needs no key, is not
/// recorded and is hit by no fault.
/// </summary>
internal sealed class ControlChannel(EmulatorHost host, Action forgetRequests)
{
    private const string Prefix = "/_emulator/";

    private readonly AnswerWriter _writer = new(bytesPerSecond: null);

    public static bool Owns(PathString path) => path.Value?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    public async Task HandleAsync(HttpContext context)
    {
        var request = await EmulatorRequest.ReadAsync(context, host.Options.TimeProvider);
        await _writer.WriteAsync(context, Answer(request), fault: null, context.RequestAborted);
    }

    private Answer Answer(EmulatorRequest request)
    {
        try
        {
            var path = request.Path[Prefix.Length..].Trim('/').Split('/');
            return Hosting.Answer.Json(200, Run($"{request.Method} {path[0]}", path.ElementAtOrDefault(1), request));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return Hosting.Answer.Json(400, new JsonObject { ["detail"] = error.Message });
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
        "POST exports" => AddExports(Parse(request)),
        "POST runs" => ForceRun(id, Parse(request)),
        "POST scheduled-runs" => AddScheduledRuns(id, Parse(request)),
        "POST keys" => AddKey(Parse(request)),
        "POST logs" => AddLogs(Parse(request)),
        "POST switches" => Switch(Parse(request)),
        "GET connections" => new JsonObject { ["api"] = host.OpenApiConnections, ["storage"] = host.OpenStorageConnections, ["storageBytesSent"] = host.StorageBytesSent },
        "POST reset" => Done(() =>
        {
            host.State.Reset();
            host.Faults.Clear();
            host.Requests.Clear();
            host.StorageRequests.Clear();
            forgetRequests();
        }),
        _ => throw new FormatException($"Unknown command: {command}."),
    };

    private static JsonNode Parse(EmulatorRequest request) =>
        JsonNode.Parse(request.Body) ?? throw new JsonException("A JSON body is needed.");

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

    private JsonObject AddFaults(JsonNode body)
    {
        foreach (var fault in Items(body))
            host.Faults.Add(FaultJson.Read(fault));
        return Done(() => { });
    }

    private JsonObject AddExports(JsonNode body)
    {
        var made = host.State.AddExports(body["count"]?.GetValue<int>() ?? 1, body["namePrefix"]?.GetValue<string>() ?? "export-");
        return new JsonObject { ["ids"] = new JsonArray([.. made.Select(e => JsonValue.Create(e.Id.ToString()))]) };
    }

    private JsonObject ForceRun(string? id, JsonNode body)
    {
        var status = body["status"]!.GetValue<string>();
        var error = body["error"]?.GetValue<string>();
        var runId = Guid.Parse(id ?? throw new FormatException("The run's id is needed."));
        if (host.State.OnDemandRuns.FirstOrDefault(r => r.Id == runId) is { } onDemand)
            return Done(() => onDemand.Force(status, error));
        var scheduled = host.State.Exports.SelectMany(e => host.State.RunsOf(e.Id)).FirstOrDefault(r => r.Id == runId)
            ?? throw new KeyNotFoundException($"No run has the id {runId}.");
        return Done(() => host.State.Force(scheduled, status, error));
    }

    private JsonObject AddScheduledRuns(string? id, JsonNode body)
    {
        var exportId = Guid.Parse(id ?? throw new FormatException("The export's id is needed."));
        var newest = host.State.Now.AddDays(-(body["daysAgo"]?.GetValue<double>() ?? 0));
        var runs = Enumerable.Range(0, body["count"]?.GetValue<int>() ?? 1)
            .Select(back => CompletedRun(exportId, newest.AddMinutes(-back)))
            .ToArray();
        foreach (var run in runs)
            host.State.AddRun(run);

        return new JsonObject { ["ids"] = new JsonArray([.. runs.Select(run => JsonValue.Create(run.Id.ToString()))]) };
    }

    private static ScheduledRun CompletedRun(Guid exportId, DateTimeOffset at) => new()
    {
        Id = Guid.NewGuid(),
        ExportId = exportId,
        DataIntervalStart = at.AddHours(-1),
        DataIntervalEnd = at,
        Status = RunStatus.Completed,
        RecordsCompleted = 0,
        CreatedAt = at,
        FinishedAt = at,
        LastUpdatedAt = at,
    };

    private JsonObject AddKey(JsonNode body) => Done(() => host.State.AddKey(new EmulatorKey(body["key"]!.GetValue<string>())
    {
        Scopes = Strings(body["scopes"]) ?? ["*"],
        ScopedProjects = Strings(body["scopedProjects"])?.Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray() ?? [],
        ScopedOrganizations = Strings(body["scopedOrganizations"])?.Select(Guid.Parse).ToArray() ?? [],
        ViewerOnly = body["viewerOnly"]?.GetValue<bool>() ?? false,
    }));

    private JsonObject AddLogs(JsonNode body)
    {
        var rows = Items(body).SelectMany(LogRowsJson.Read(host.State.Now));
        var all = rows.ToArray();
        host.State.AddLogs(all);
        return new JsonObject { ["added"] = all.Length };
    }

    private JsonObject Switch(JsonNode body) => Done(() =>
    {
        var state = host.State;
        state.FailToStart = body["failToStart"]?.GetValue<bool>() ?? state.FailToStart;
        state.IgnoreCancellations = body["ignoreCancellations"]?.GetValue<bool>() ?? state.IgnoreCancellations;
        state.FileVersion = body["fileVersion"]?.GetValue<int>() ?? state.FileVersion;
        state.StorageEmpty = body["storageEmpty"]?.GetValue<bool>() ?? state.StorageEmpty;
        state.CountTimesOut = body["countTimesOut"]?.GetValue<bool>() ?? state.CountTimesOut;
        if (body["expireStorageTokens"]?.GetValue<bool>() == true)
            state.StorageTokensExpiredBefore = state.Now.AddSeconds(1);
    });

    private static IEnumerable<JsonNode> Items(JsonNode body) => body is JsonArray list ? list.Select(i => i!) : [body];

    private static string[]? Strings(JsonNode? list) => list?.AsArray().Select(i => i!.ToString()).ToArray();
}
