using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Integrations: list, create, retrieve, delete.</summary>
internal sealed class IntegrationEndpoints(EmulatorState state, EmulatorOptions options, PageLinks links)
{
    private const string Path = "integrations";
    private const string Read = "integration:read";
    private const string Write = "integration:write";

    public IEnumerable<Route> Routes =>
    [
        Map("GET", Path, Read, List),
        Map("POST", Path, Write, Create),
        Map("GET", Path + "/{id}", Read, context => EmulatorResponse.Json(200, Json(Find(context)))),
        Map("DELETE", Path + "/{id}", Write, Delete),
        .. Route.Missing(Path + "/{id}", "PUT", "PATCH"),
    ];

    private Route Map(string method, string template, string scope, Func<ApiContext, EmulatorResponse> handler) =>
        new(method, template, scope, Endpoints.Locked(state, handler));

    private JsonObject Json(Integration integration) => IntegrationJson.Create(integration, options.OlderServer);

    private EmulatorResponse List(ApiContext context)
    {
        var kind = context.Request.Parameter("kind");
        if (kind is { Length: > 0 } && !IntegrationRules.Kinds.Contains(kind, StringComparer.Ordinal))
        {
            var detail = $"Select a valid choice. {kind} is not one of the available choices.";
            throw Problem.Invalid(detail, "kind", "invalid_choice");
        }

        var found = Visible(context)
            .Where(integration => kind is not { Length: > 0 } || integration.Kind == kind)
            .OrderBy(integration => integration.CreatedAt)
            .ThenBy(integration => integration.Id)
            .ToArray();
        return OffsetPage.Create(found, context.Request, links, Json);
    }

    private EmulatorResponse Create(ApiContext context)
    {
        var rules = new IntegrationRules(state, options);
        var made = rules.Check(context.Body, context.Project);
        var same = Visible(context).FirstOrDefault(other => other.Kind == made.Kind && other.Identity == made.Identity);
        if (same is not null && !context.Key.IsProjectAdmin)
            throw Problem.Forbidden("Editing an existing integration requires project admin access.");

        var stored = same is null
            ? made with { Id = NextId(), CreatedAt = state.Now }
            : made with { Id = same.Id, CreatedAt = same.CreatedAt };
        if (same is not null)
            state.RemoveIntegration(same);
        state.AddIntegration(stored);
        return EmulatorResponse.Json(201, Json(stored));
    }

    private EmulatorResponse Delete(ApiContext context)
    {
        var integration = Find(context);
        if (!context.Key.IsProjectAdmin)
            throw Problem.Forbidden("You don't have sufficient permissions in the project.");

        // The service does not look inside copy_inputs.
        var exports = state.Exports
            .Where(export => export.ProjectId == context.Project.Id && export.Integration == integration.Id)
            .Select(export => export.Name);
        var uses = new[] { Use("enabled data pipelines", integration.Pipelines), Use("batch exports", exports) }.OfType<string>().ToArray();
        if (uses.Length > 0)
        {
            throw Problem.Invalid(
                $"This integration is used by {string.Join(" and ", uses)}. "
                + "Update them to use a different integration before disconnecting it.");
        }

        state.RemoveIntegration(integration);
        return EmulatorResponse.Empty(204);
    }

    private static string? Use(string users, IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToArray();
        return sorted.Length == 0 ? null : $"{users}: {string.Join(", ", sorted)}";
    }

    private int NextId() => state.Integrations.Select(integration => integration.Id).DefaultIfEmpty().Max() + 1;

    private IEnumerable<Integration> Visible(ApiContext context) =>
        state.Integrations.Where(integration => integration.ProjectId == context.Project.Id);

    private Integration Find(ApiContext context) =>
        int.TryParse(context.Value("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && state.FindIntegration(id, context.Project.Id) is { } integration
            ? integration
            : throw Problem.NotFound();
}
