using System.Globalization;

namespace PSBatchExports.Emulator.Api;

/// <summary>Finds the project and organization of a path, and checks that the key has access.</summary>
internal sealed class ProjectAccess(EmulatorState state, EmulatorOptions options)
{
    private const string Current = "@current";

    public (Project Project, Organization Organization) Resolve(Prefix prefix, string id, EmulatorKey key, string scope)
    {
        var access = prefix == Prefix.Organizations ? ResolveOrganization(id, key) : ResolveProject(id, key);
        if (key.ViewerOnly && scope == Route.Write)
            throw Problem.Forbidden("You do not have editor access to this resource.");

        return access;
    }

    private (Project, Organization) ResolveProject(string id, EmulatorKey key)
    {
        var number = id == Current ? key.ScopedProjects.FirstOrDefault(options.ProjectId) : ParseProject(id);
        var project = state.FindProject(number) ?? throw Problem.NotFound("Project not found.");
        var organization = state.FindOrganization(project.OrganizationId)!;
        if (key.ScopedProjects.Count > 0 && !key.ScopedProjects.Contains(project.Id))
            throw Problem.Forbidden($"API key does not have access to the requested project: ID {Text(project.Id)}.");

        CheckOrganization(organization, key);
        if (!IsMember(key, organization.Id))
            throw Problem.Forbidden("You don't have access to the project.");

        return (project, organization);
    }

    private (Project, Organization) ResolveOrganization(string id, EmulatorKey key)
    {
        var wanted = id == Current ? key.ScopedOrganizations.FirstOrDefault(options.OrganizationId) : ParseOrganization(id);
        var organization = state.FindOrganization(wanted) ?? throw Problem.NotFound("Organization not found.");
        if (key.ScopedProjects.Count > 0)
            throw Problem.Forbidden("API keys with scoped projects are only supported on project-based endpoints.");

        CheckOrganization(organization, key);
        if (!IsMember(key, organization.Id))
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
