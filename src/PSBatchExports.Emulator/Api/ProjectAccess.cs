using System.Globalization;

namespace PSBatchExports.Emulator.Api;

/// <summary>Finds the project and organization of a path, and checks that the key has access.</summary>
internal sealed class ProjectAccess(EmulatorState state, EmulatorOptions options)
{
    public const string Current = "@current";

    public (Project Project, Organization Organization) Resolve(
        Prefix prefix, string id, EmulatorKey key, string scope, Route? route)
    {
        var access = prefix switch
        {
            Prefix.Root => ResolveCurrent(key),
            Prefix.Organizations => ResolveOrganization(id, key, mustBeMember: route is not { Level: RouteLevel.Organization }),
            _ => ResolveProject(id, key),
        };
        if (key.ViewerOnly && scope == Route.Write)
            throw Problem.Forbidden("You do not have editor access to this resource.");

        return access;
    }

    /// <summary>The projects that the owner of a key is a member of, without those of organizations that the key is not for.</summary>
    public IEnumerable<Project> VisibleProjects(EmulatorKey key) =>
        from project in state.Projects
        let organization = state.FindOrganization(project.OrganizationId)
        where organization is { AllowsKeys: true } && IsMember(key, organization.Id)
        where key.ScopedOrganizations.Count == 0 || key.ScopedOrganizations.Contains(organization.Id)
        orderby project.Id
        select project;

    public static void CheckScopedProjects(Project project, EmulatorKey key)
    {
        if (key.ScopedProjects.Count > 0 && !key.ScopedProjects.Contains(project.Id))
            throw Problem.Forbidden($"API key does not have access to the requested project: ID {Text(project.Id)}.");
    }

    /// <summary>The project that the owner of the key selected last, whether the key is for it or not.</summary>
    private (Project, Organization) ResolveCurrent(EmulatorKey key)
    {
        var project = state.FindProject(key.ScopedProjects.FirstOrDefault(options.ProjectId)) ?? throw Problem.NotFound();
        return (project, state.FindOrganization(project.OrganizationId)!);
    }

    private (Project, Organization) ResolveProject(string id, EmulatorKey key)
    {
        var number = id == Current ? key.ScopedProjects.FirstOrDefault(options.ProjectId) : ParseProject(id);
        var project = state.FindProject(number) ?? throw Problem.NotFound("Project not found.");
        var organization = state.FindOrganization(project.OrganizationId)!;
        CheckScopedProjects(project, key);
        CheckOrganization(organization, key);
        if (!IsMember(key, organization.Id))
            throw Problem.Forbidden("You don't have access to the project.");

        return (project, organization);
    }

    private (Project, Organization) ResolveOrganization(string id, EmulatorKey key, bool mustBeMember)
    {
        var wanted = id == Current ? key.ScopedOrganizations.FirstOrDefault(options.OrganizationId) : ParseOrganization(id);
        var organization = state.FindOrganization(wanted) ?? throw Problem.NotFound("Organization not found.");
        if (key.ScopedProjects.Count > 0)
            throw Problem.Forbidden("API keys with scoped projects are only supported on project-based endpoints.");

        CheckOrganization(organization, key);
        if (mustBeMember && !IsMember(key, organization.Id))
            throw Problem.Forbidden("You do not have permission to perform this action.");

        return (state.Projects.First(p => p.OrganizationId == organization.Id), organization);
    }

    private static void CheckOrganization(Organization organization, EmulatorKey key)
    {
        if (key.ScopedOrganizations.Count > 0 && !key.ScopedOrganizations.Contains(organization.Id))
            throw Problem.Forbidden($"API key does not have access to the requested organization: ID {organization.Id}.");

        if (!organization.AllowsKeys)
        {
            throw Problem.Forbidden(
                $"Organization '{organization.Name}' does not allow using personal API keys. "
                + "Contact an admin to enable personal API keys for this organization.");
        }
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static bool IsMember(EmulatorKey key, Guid organization) =>
        key.Memberships?.Contains(organization) ?? (organization != WellKnown.ForeignOrganizationId);

    private static int ParseProject(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Problem.NotFound("Project not found.");

    private static Guid ParseOrganization(string id) =>
        Guid.TryParse(id, out var guid) ? guid : throw Problem.NotFound("Organization not found.");
}
