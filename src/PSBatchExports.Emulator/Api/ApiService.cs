using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>The API origin: routing, and the checks before an endpoint is called.</summary>
internal sealed class ApiService(
    EmulatorState state,
    EmulatorOptions options,
    PageLinks links,
    Throttle throttle,
    ProjectAccess access,
    IReadOnlyList<Route> routes)
{
    private const string Sunset = "Fri, 31 Jul 2026 00:00:00 GMT";

    private readonly Authentication _authentication = new(state);

    public async Task<EmulatorResponse> RespondAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        var response = await HandleErrorsAsync(request, cancellationToken);
        if (response.Status == 401)
            response.WithHeader("WWW-Authenticate", $"Bearer resource_metadata=\"{request.Origin}/.well-known/oauth-protected-resource\"");
        var path = links.Canonical(request.Path);
        if (options is { EnvironmentDeprecationHeaders: true, OlderServer: false } && path != request.Path)
        {
            var query = request.Query.Length == 0 ? "" : "?" + request.Query;
            response
                .WithHeader("Deprecation", "true")
                .WithHeader("Link", $"<{path}{query}>; rel=\"successor-version\"")
                .WithHeader("Sunset", Sunset);
        }

        return response;
    }

    private async Task<EmulatorResponse> HandleErrorsAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await RouteAsync(request, cancellationToken);
        }
        catch (ApiProblemException problem)
        {
            return problem.ToResponse();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(error.ToString());
            return Problem.Server().ToResponse();
        }
    }

    private async Task<EmulatorResponse> RouteAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        state.Advance();
        var (prefix, parentId, path) = ParsePath(request.Path) ?? throw Problem.NotFound("Endpoint not found.");
        var candidates = FindRoutes(prefix, path);
        if (candidates.Count == 0)
            throw Problem.NotFound("Endpoint not found.");

        if (!AcceptsJson(request.Header("Accept")))
            throw Problem.NotAcceptable();

        var key = _authentication.Identify(request);
        var method = request.Method == "HEAD" ? "GET" : request.Method;
        var (route, values) = candidates.Find(c => c.Route.Method == method);
        if (route is { Exists: false })
            throw Problem.Forbidden("This action does not support personal API key access");

        if (route is { AllowsApiKeys: false })
            throw Problem.Forbidden("This action does not support Personal API Key access");

        var scope = route?.Scope ?? (method == "GET" ? Route.Read : Route.Write);
        if (route is not null && !key.Allows(scope))
            throw Problem.Forbidden($"API key missing required scope '{scope}'");

        var (project, organization) = access.Resolve(prefix, parentId, key, scope, route);
        if (route is not { Throttled: false } && throttle.Admit(key.Value, state.Now) is { } wait)
            return Throttled(wait);

        if (method == "OPTIONS")
            return EmulatorResponse.Json(200, new JsonObject { ["name"] = "Batch exports" });

        if (route is null)
            throw Problem.Method(request.Method);

        var context = new ApiContext(request, prefix, values) { Key = key, Project = project, Organization = organization };
        return await route.Endpoint(context, cancellationToken);
    }

    /// <summary>The routes, one for each method, of the most specific template that matches the path.</summary>
    private List<(Route Route, Dictionary<string, string> Values)> FindRoutes(Prefix prefix, string[] path)
    {
        var matching = routes
            .Where(r => r.IsBelow(prefix, options.StrictNewest))
            .Select(r => (Route: r, Values: r.Match(path)!))
            .Where(m => m.Values is not null)
            .ToList();
        var fewest = matching.Count == 0 ? 0 : matching.Min(m => m.Values.Count);
        return matching.FindAll(m => m.Values.Count == fewest);
    }

    private static (Prefix Prefix, string ParentId, string[] Path)? ParsePath(string path)
    {
        var segments = path.TrimStart('/').Split('/');
        if (segments is [.., ""])
            segments = segments[..^1];
        if (segments.Length < 2 || segments[0] != "api" || segments.Contains(""))
            return null;

        if (segments.Length < 4)
            return segments[1] == "projects" ? (Prefix.Root, "", [.. segments[1..].Select(Uri.UnescapeDataString)]) : null;

        Prefix? prefix = segments[1] switch
        {
            "projects" => Prefix.Projects,
            "environments" => Prefix.Environments,
            "organizations" => Prefix.Organizations,
            _ => null,
        };
        var rest = segments[3..].Select(Uri.UnescapeDataString).ToArray();
        return prefix is null || rest.Any(s => s.AsSpan().IndexOfAny('.', '/') >= 0)
            ? null
            : (prefix.Value, Uri.UnescapeDataString(segments[2]), rest);
    }

    private static bool AcceptsJson(string? accept) =>
        string.IsNullOrWhiteSpace(accept)
        || accept.Split(',').Select(a => a.Split(';')[0].Trim()).Any(a => a is "*/*" or "application/*" or "application/json");

    private static EmulatorResponse Throttled(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        var retryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var unit = seconds == 1 ? "second" : "seconds";
        return Problem.Throttled($"Request was throttled. Expected available in {retryAfter} {unit}.")
            .ToResponse()
            .WithHeader("Retry-After", retryAfter);
    }
}
