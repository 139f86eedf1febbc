using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>
/// Destination tests. Nothing is connected to: a test of a name that contains <c>missing</c> fails, and of one that is
/// <c>unconfigured</c> is reported as not configured.
/// </summary>
internal sealed class DestinationTestEndpoints(EmulatorState state, EmulatorOptions options)
{
    public IEnumerable<Route> Routes =>
    [
        Map("GET", "batch_exports/test", Route.Read, List),
        Map("POST", "batch_exports/run_test_step_new", Route.Write, context => Run(context, export: null)),
        Map("POST", "batch_exports/{id}/run_test_step", Route.Write, context => Run(context, Lookup.Export(state, context))),
    ];

    private Route Map(string method, string template, string scope, Func<ApiContext, EmulatorResponse> handler) =>
        new(method, template, scope, Endpoints.Locked(state, handler)) { OnOrganizations = true, AllowsApiKeys = !options.OlderServer };

    private static EmulatorResponse List(ApiContext context)
    {
        if (context.Request.Parameter("destination") is not { Length: > 0 } type)
            return EmulatorResponse.Empty(400);

        return DestinationSteps.ForType(type) is { } steps
            ? EmulatorResponse.Json(200, new JsonObject { ["steps"] = new JsonArray([.. steps.Select(s => Json(s, result: null))]) })
            : EmulatorResponse.Empty(404);
    }

    private EmulatorResponse Run(ApiContext context, StoredExport? export)
    {
        var body = context.Body;
        var projectId = export?.ProjectId ?? context.Project.Id;
        var destination = new ExportRules(state, options, projectId).Validate(Completed(body, export), export);
        var number = new Fields(body).Integer("step", 0) ?? 0;
        var steps = DestinationSteps.ForType(destination.Type) ?? [];
        if (number >= steps.Count)
            throw Problem.Server();

        return EmulatorResponse.Json(200, Json(steps[number], Result(steps[number], destination.Config)));
    }

    /// <summary>Takes keys that were not sent from the stored configuration.</summary>
    private static JsonObject Completed(JsonObject body, StoredExport? export)
    {
        if (export is null
            || body["destination"] is not JsonObject destination
            || destination["type"]?.ToString() != export.DestinationType
            || destination["config"] is not JsonObject)
        {
            return body;
        }

        var completed = body.DeepClone().AsObject();
        var config = completed["destination"]!["config"]!.AsObject();
        foreach (var (name, value) in export.Config.Where(p => !config.ContainsKey(p.Key)))
            config[name] = value?.DeepClone();
        return completed;
    }

    private static JsonObject Result(DestinationStep step, JsonObject config)
    {
        if (step.Key is null)
            return Result("Skipped", "No configured AWS role ARN, skipping test");

        var value = config[step.Key]?.ToString() ?? "";
        if (value == "unconfigured")
            return Result("Failed", "The test step cannot run as it's not configured.");

        if (!value.Contains("missing", StringComparison.OrdinalIgnoreCase))
            return Result("Passed", message: null);

        var what = step.Key == "bucket_name" ? "Bucket" : step.Key;
        return Result("Failed", $"{what} '{value}' does not exist or we do not have permissions to use it");
    }

    private static JsonObject Result(string status, string? message) => new() { ["status"] = status, ["message"] = message };

    private static JsonObject Json(DestinationStep step, JsonObject? result) => new()
    {
        ["name"] = step.Name,
        ["description"] = step.Description,
        ["result"] = result,
    };
}
