using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Projects: the lists of all and of an organization's, and one project.</summary>
internal sealed class ProjectEndpoints(EmulatorState state, PageLinks links, ProjectAccess access)
{
    private const string Read = "project:read";

    public IEnumerable<Route> Routes =>
    [
        Map("projects", RouteLevel.Root, context => List(context, access.VisibleProjects(context.Key))),
        Map("projects/{id}", RouteLevel.Root, Retrieve),
        Map("projects", RouteLevel.Organization, context =>
            List(context, access.VisibleProjects(context.Key).Where(p => p.OrganizationId == context.Organization.Id))),
    ];

    private Route Map(string template, RouteLevel level, Func<ApiContext, EmulatorResponse> handler) =>
        new("GET", template, Read, Endpoints.Locked(state, handler)) { Level = level };

    private EmulatorResponse List(ApiContext context, IEnumerable<Project> projects)
    {
        if (context.Key.ScopedProjects.Count > 0)
            throw Problem.Forbidden("API keys with scoped projects are only supported on project-based endpoints.");

        var search = context.Request.Parameter("search");
        var found = projects.Where(p => search is null || p.Name.Contains(search, StringComparison.OrdinalIgnoreCase));
        return OffsetPage.Create([.. found], context.Request, links, Json);
    }

    private EmulatorResponse Retrieve(ApiContext context)
    {
        var project = Find(context);
        return EmulatorResponse.Json(200, new JsonObject
        {
            ["id"] = project.Id,
            ["organization"] = project.OrganizationId.ToString(),
            ["name"] = project.Name,
            ["timezone"] = project.TimeZone,
        });
    }

    private Project Find(ApiContext context)
    {
        var id = context.Value("id");
        var number = context.Project.Id;
        if (id != ProjectAccess.Current && !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            throw Problem.Invalid($"Field 'id' expected a number but got '{id}'.");

        var project = access.VisibleProjects(context.Key).FirstOrDefault(p => p.Id == number) ?? throw Problem.NotFound();
        ProjectAccess.CheckScopedProjects(project, context.Key);
        return project;
    }

    private static JsonObject Json(Project project) => new()
    {
        ["id"] = project.Id,
        ["uuid"] = FormattableString.Invariant($"0195f1c3-0a11-0000-1111-{project.Id:x12}"),
        ["organization"] = project.OrganizationId.ToString(),
        ["project_id"] = project.Id,
        ["api_token"] = project.Token,
        ["name"] = project.Name,
        ["completed_snippet_onboarding"] = true,
        ["has_completed_onboarding_for"] = new JsonObject { ["product_analytics"] = true },
        ["ingested_event"] = project.HasEvents,
        ["is_demo"] = false,
        ["timezone"] = project.TimeZone,
        ["access_control"] = false,
    };
}
