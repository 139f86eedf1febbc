using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Projects, as listed by and limited to keys.</summary>
internal static class ProjectCases
{
    private const string AllProjects = "/api/projects/";
    private const string OtherProject = "/api/projects/12399/";

    public static IEnumerable<ConformanceCase> All =>
    [
        new("project-list.200", s => s.GetAsync(AllProjects)) { AdjustExpected = json => UseOtherId(json["results"]![1]!) },
        new("project-list.200.paged", s => s.GetAsync(OrganizationLevel + "/projects/?limit=1&offset=1"))
        {
            AdjustExpected = json => UseOtherId(json["results"]![0]!),
        },
        new("project-list.200.empty", s =>
        {
            s.State.AddKey(new EmulatorKey("phx_no_project") { Memberships = [Guid.NewGuid()] });
            return s.GetAsync(AllProjects, "phx_no_project");
        }),
        new("project-list.403.key-limited-to-projects", s => s.GetAsync(AllProjects, WellKnown.ThisProjectKey)),
        new("project-list.403.key-limited-to-organizations", s =>
            s.GetAsync(OrganizationLevel + "/projects/", WellKnown.OtherOrganizationKey)),
        new("project-missing-scope.403", s => s.GetAsync(AllProjects, WellKnown.ReadOnlyKey)),
        new("project-retrieve.200.subset", s => s.GetAsync("/api/projects/@current/")),
        new("project-retrieve.400.not-a-number", s => s.GetAsync("/api/projects/web/")),
        new("project-retrieve.403.other-project", s => s.GetAsync(OtherProject, WellKnown.ThisProjectKey))
        {
            AdjustExpected = json => json["detail"] = "API key does not have access to the requested project: ID 12399.",
        },
        new("project-retrieve.404", s => s.GetAsync(OtherProject, WellKnown.StrangerKey)),
    ];

    private static void UseOtherId(JsonNode project)
    {
        project["id"] = 12399;
        project["project_id"] = 12399;
    }
}
